# Keeps one server. Does what its owner orders on stdin; when the owner is gone, however it went, stops the server and
# removes its directory. It is the server's parent, so that there is no moment at which a server runs and nobody knows.
#
#   sh -c keeper.sh keeper PARENT PROGRAMS [USER GROUP]
#
# Says first which directory it has made under PARENT. The server runs as USER, if one is given.
# Orders: `initdb`, answered by an exit status; `start PORT`, answered by a process id.

# Only the end of the owner ends it: not a key on the terminal, nor an answer that nobody reads any more.
trap '' HUP INT TERM PIPE
programs=$2 as= server=
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
    start)
        # Until it has been waited for, a dead server counts as a running one to the next, which would refuse to start.
        [ -z "$server" ] || wait "$server"
        $as "$programs/postgres" -D "$directory/data" -p "$port" </dev/null >>log 2>&1 &
        server=$!
        echo "$server"
        ;;
    esac
done

[ -z "$server" ] || quit
# One that was killed has left shared memory behind. The next one that begins finds and frees it, and need not go on.
if [ -e data/postmaster.pid ]; then
    $as "$programs/postgres" --check -D "$directory/data" </dev/null >>log 2>&1
fi
rm -rf "$directory"
