#!/usr/bin/env bash
# scripts/api_page.sh OUT: the interface's document as a page to read, OUT/api-page/index.html, by Redoc. It needs node;
# Redoc's bundle comes from npm once and is known by its digest. The page loads nothing from elsewhere. Exit 77: Redoc
# could not be fetched.
set -eu
version=2.5.1
redoc_sha512=LmqA+4A3CmhTllGG197F0arUpmChukAj9klfSdxNRemT9Hr07xXr7OGKu4PHzBs359sgrJ+4JwmOlM7nxLPGMg==
root=$(cd "$(dirname "$0")/.." && pwd)
place=$1/api-page
fetched=$1/openapi_lint
archive=$fetched/redoc-$version.tgz
mkdir -p "$place"
if ! [ -f "$archive" ]; then
    "$root/scripts/npm.sh" "$fetched" pack "redoc@$version" --pack-destination "$fetched" --loglevel=error >&2 ||
        exit 77
fi
if [ "$(openssl dgst -sha512 -binary "$archive" | base64 -w0)" != "$redoc_sha512" ]; then
    rm "$archive"
    exit 77
fi
for file in bundles/redoc.standalone.js bundles/redoc.standalone.js.LICENSE.txt; do
    tar -xzOf "$archive" "package/$file" >"$place/${file##*/}"
done
# The document stands in the page: a browser lets no page from a disk read a second file. "<" could end the script.
{
    cat <<'HTML'
<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="img-src data:; font-src data:; connect-src 'none'; frame-src 'none'">
<title>The interface of the service</title>
<style>body { margin: 0; }</style>
</head>
<body>
<div id="page"></div>
<script src="redoc.standalone.js"></script>
<script type="application/json" id="document">
HTML
    python3 "$root/scripts/openapi_json.py" "$root/server/openapi.v1.yaml" | sed 's/</\\u003c/g'
    cat <<'HTML'
</script>
<script>
Redoc.init(JSON.parse(document.getElementById("document").textContent),
           {disableGoogleFont: true, hideLoading: true, hideDownloadButtons: true, nativeScrollbars: true},
           document.getElementById("page"));
</script>
</body>
</html>
HTML
} >"$place/index.html"
echo "$place/index.html"
