#!/usr/bin/env node
// verify.mjs "$QUOTE_SIGNATURE" <body, with WEBHOOK_SECRET set.
import { createHmac, timingSafeEqual } from "node:crypto";
import { readFileSync } from "node:fs";

export function isOurs(secret, header, body, now) {
  const parts = header.split(",").map((part) => part.split("="));
  const moment = parts.find(([name]) => name === "t")?.[1] ?? "";
  if (!/^[0-9]+$/.test(moment) || Math.abs(now - Number(moment)) > 300) return false;
  const expected = createHmac("sha256", secret).update(`${moment}.`).update(body).digest();
  return parts
    .filter(([name, value]) => name === "v1" && /^[0-9a-f]{64}$/.test(value))
    .some(([, value]) => timingSafeEqual(expected, Buffer.from(value, "hex")));
}

const good = isOurs(process.env.WEBHOOK_SECRET, process.argv[2], readFileSync(0), Date.now() / 1000);
process.exit(good ? 0 : 1);
