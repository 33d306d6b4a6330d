#!/bin/sh
# serve.sh INDEXGEN SITE   Serves a site with an nginx of its own, in the foreground, at the site's base_url.
set -eu
export PATH="$PATH:/usr/sbin:/sbin"
indexgen=$1
site=$(cd "$2" && pwd)
run=$(mktemp -d)
trap 'rm -rf "$run"' EXIT INT TERM
"$indexgen" --site "$site" nginx > "$run/site.conf"
# Workers of a root-started nginx need to read the site.
user=$([ "$(id -u)" != 0 ] || echo "user root;")
cat > "$run/nginx.conf" <<CONF
$user
daemon off; worker_processes 1; pid $run/nginx.pid; error_log stderr warn;
events { worker_connections 256; }
http {
    client_body_temp_path $run/1; proxy_temp_path $run/2; fastcgi_temp_path $run/3; uwsgi_temp_path $run/4; scgi_temp_path $run/5;
    access_log /dev/stdout;
    include $run/site.conf;
}
CONF
echo "serving $(sed -n 's/^base_url: *"\{0,1\}\([^" ]*\).*/\1/p' "$site/indexgen.yaml")/ (Ctrl-C ends it)" >&2
nginx -p "$run" -c "$run/nginx.conf"
