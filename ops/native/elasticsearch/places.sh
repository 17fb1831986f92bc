# Where things are; read by up.sh and down.sh. Env: ES_PORT, ES_DATA, ES_DIST.
port=${ES_PORT:-19200}
data=${ES_DATA:-${TMPDIR:-/tmp}/millrace-elasticsearch-$(id -u)}
# The server runs as another user than root, who must be able to read it.
if [ "$(id -u)" = 0 ]; then cache=/var/cache/millrace; else cache=${XDG_CACHE_HOME:-$HOME/.cache}/millrace; fi
dist=${ES_DIST:-$cache/elasticsearch-9.4.3}
pidfile=$data/state/elasticsearch.pid
# A pid alone may by now be another process's: the command line names our folder.
alive() { [ -s "$pidfile" ] && pid=$(<"$pidfile") && tr '\0' '\n' <"/proc/$pid/cmdline" 2>/dev/null | grep -qxF -- "-Djava.io.tmpdir=$data/tmp"; }
