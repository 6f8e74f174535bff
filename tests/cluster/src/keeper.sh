# Keeps one server. Does what its owner orders on stdin; when the owner is gone, however it went, stops the server and
# removes its directory. It is the server's parent, so that there is no moment at which a server runs and nobody knows.
#
#   sh -c keeper.sh keeper PARENT PROGRAMS [USER GROUP]
#
# Says first which directory it has made under PARENT. The server runs as USER, if one is given.
# Orders: `initdb`, and `copy PORT` of a running server, answered by an exit status; `start PORT`, answered by a process id;
# `pgbouncer`, answered by a process id, or by 0 if it is not installed.

# Only the end of the owner ends it: not a key on the terminal, nor an answer that nobody reads any more.
trap '' HUP INT TERM PIPE
programs=$2 as= server= pooler=
directory=$(mktemp -d "$1/tollgate-XXXXXX") || exit 1
cd "$directory" || exit 1
if [ $# -gt 2 ]; then
    chown "$3:$4" "$directory"
    as="setpriv --reuid=$3 --regid=$4 --init-groups"
fi
echo "$directory"

# Immediate, and again and again: a server that is only just starting does not hear it, nor does one that is paused.
quit() {
    while kill -s QUIT "$server" && kill -s CONT "$server"; do sleep 0.05; done 2>/dev/null
}

while read -r order port; do
    case $order in
    initdb)
        $as "$programs/initdb" -D "$directory/data" -U postgres --auth=trust --no-sync --encoding=UTF8 \
            --locale=C.UTF-8 </dev/null >>log 2>&1
        echo $?
        ;;
    copy)
        $as "$programs/pg_basebackup" -h 127.0.0.1 -p "$port" -U postgres -D "$directory/data" -X stream -c fast -R \
            --no-sync </dev/null >>log 2>&1
        echo $?
        ;;
    pgbouncer)
        # Debian has it where only root looks for programs.
        if bouncer=$(PATH=$PATH:/usr/sbin command -v pgbouncer); then
            $as "$bouncer" -q "$directory/pgbouncer.ini" </dev/null >>log 2>&1 &
            pooler=$!
            echo "$pooler"
        else
            echo 0
        fi
        ;;
    start)
        # Until it has been waited for, a dead server counts as a running one to the next, which would refuse to start.
        [ -z "$server" ] || wait "$server"
        $as "$programs/postgres" -D "$directory/data" -p "$port" </dev/null >>log 2>&1 &
        server=$!
        echo "$server"
        ;;
    esac
done

[ -z "$pooler" ] || kill -s KILL "$pooler"
[ -z "$server" ] || quit
# One that was killed has left shared memory behind. The next one that begins finds and frees it, and need not go on.
if [ -e data/postmaster.pid ]; then
    $as "$programs/postgres" --check -D "$directory/data" </dev/null >>log 2>&1
fi
rm -rf "$directory"
