#!/usr/bin/env python3
"""Turns server/openapi.v1.yaml into JSON: python3 scripts/openapi_json.py FILE

Reads the part of YAML that the file uses: maps and lists in blocks, values as in JSON or a bare text in one line.
"""
import json
import re
import sys

KEY = re.compile(r'("(?:[^"\\]|\\.)*"|[^\s"{}\[\],#:][^\s:]*):(?: (.*))?$')


def value_of(text):
    if text[0] in '{["' or re.fullmatch(r"-?[0-9.]+|true|false|null", text):
        return json.loads(text)
    if ": " in text or " #" in text or not text[0].isalpha():
        raise ValueError("write this text in quotes")
    return text


def put(tree, name, value):
    if name in tree:
        raise ValueError("%s is there twice" % name)
    tree[name] = value
    return value


def read(lines):
    """levels: (indent, map or list) from the root to the block that is open; what a bare key opens is known by the
    line below it."""
    root, pending = {}, None
    levels = [(0, root)]
    for number, line in enumerate(lines, 1):
        text = line.strip()
        if not text or text.startswith("#"):
            continue
        indent = len(line) - len(line.lstrip(" "))
        try:
            if pending:
                tree, name = pending
                if indent <= levels[-1][0]:
                    raise ValueError("%s has nothing below it" % name)
                levels.append((indent, put(tree, name, [] if text.startswith("- ") else {})))
                pending = None
            while indent < levels[-1][0]:
                levels.pop()
            tree = levels[-1][1]
            if indent != levels[-1][0]:
                raise ValueError("no block has this indent")
            if isinstance(tree, list):
                tree.append(value_of(text[2:]) if text.startswith("- ") else json.loads(""))
                continue
            key = KEY.match(text)
            name = json.loads(key[1]) if key[1].startswith('"') else key[1]
            if key[2]:
                put(tree, name, value_of(key[2]))
            else:
                pending = (tree, name)
        except (ValueError, TypeError) as error:
            sys.exit("%s:%d: %s" % (sys.argv[1], number, error))
    return root


if __name__ == "__main__":
    with open(sys.argv[1], encoding="utf-8") as file:
        print(json.dumps(read(file), ensure_ascii=False, indent=0))
