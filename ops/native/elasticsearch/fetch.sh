#!/usr/bin/env bash
# Fetches Elasticsearch 9.4.3 from Maven Central into the folder $1, once (947 MB, of which 141 MB stay). It comes under
# Elastic's licence, so it is fetched where it runs and never shipped with Millrace.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
dist=$1; version=9.4.3
[ -f "$dist/.complete-$version" ] && exit 0
command -v mvn >/dev/null || { echo "fetching Elasticsearch needs mvn; or set ES_DIST to a server of your own" >&2; exit 1; }
echo "fetching Elasticsearch $version into $dist; this takes a while" >&2
# Beside its place, so that a broken fetch never looks like a whole one.
part=$dist.part.$$; mkdir -p "$part"; trap 'rm -rf "$part"' EXIT
mvn -q -B -Dstyle.color=never -f "$here/pom.xml" -Dmaven.repo.local="$part/m2" \
  org.apache.maven.plugins:maven-dependency-plugin:3.8.1:unpack-dependencies \
  -DincludeTypes=zip -Dmdep.unpack.includes='*/elasticsearch/**' -DoutputDirectory="$part" -DmarkersDirectory="$part/markers" >&2
home=$(echo "$part"/sonarqube-*/elasticsearch); test -f "$home/lib/elasticsearch-$version.jar"
# What is not needed. The other x-pack modules must stay: the server does not start without them.
(cd "$home/modules" && rm -rf x-pack-inference x-pack-migrate x-pack-redact x-pack-geoip-enterprise-downloader \
  x-pack-esql-core old-lucene-versions rank-vectors counted-keyword user-agent)
rm -rf "$home"/bin "$home"/lib/platform/{darwin,windows}* "$home"/lib/tools/{geoip-cli,windows-service-cli}
mkdir -p "$home/plugins"; touch "$home/.complete-$version"; chmod -R a+rX "$home"
if [ ! -f "$dist/.complete-$version" ]; then rm -rf "$dist"; mv "$home" "$dist"; chmod a+rx "$dist"; fi
