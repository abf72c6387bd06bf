# Sourced by `agentic-memory` and `mvnw`: a sane environment, and a Java 25 or later.
#
#   find_jdk java     one that runs programs    find_jdk javac     one that compiles them too
#
# sets JDK (its folder) and JDK_VERSION (like 25.0.3), or returns 1. Order: JAVA_HOME, java on PATH, then the newest of
# the usual install folders. The version is read from the `release` file with shell builtins: each program
# started here would cost every start of the server a millisecond, and `java -version` many more.

# An MCP client may start programs with an empty environment. Without a UTF-8 locale a JVM takes file names for ASCII.
export PATH="${PATH:-/usr/local/bin:/usr/bin:/bin}"
case ${LC_ALL:-${LC_CTYPE:-${LANG-}}} in
*.[Uu][Tt][Ff]8* | *.[Uu][Tt][Ff]-8*) ;;
*) export LC_ALL=C.UTF-8 ;;
esac

# Takes $1 as JDK when it has a $tool and is new enough.
accept_jdk() {
    [ -x "$1/bin/java" ] && [ -x "$1/bin/$tool" ] && [ -r "$1/release" ] || return 1
    while IFS= read -r line; do
        case $line in
        JAVA_VERSION=*)
            accept_version "$1" "${line#JAVA_VERSION=}"
            return
            ;;
        esac
    done <"$1/release"
    return 1
}

# Takes folder $1 of version $2 when that is 25 or later.
accept_version() {
    version=${2#\"}
    version=${version%%[!0-9.]*}
    [ "${version%%.*}" -ge 25 ] 2>/dev/null || return 1
    JDK=$1 JDK_VERSION=$version
}

# Asks a java that has no release file beside it (a version manager's shim, some distributions).
ask_java() {
    properties=$("$1" -XshowSettings:properties -version 2>&1 </dev/null) || return 1
    home=${properties#*java.home = }
    home=${home%%
*}
    version=${properties#*java.version = }
    [ -x "$home/bin/$tool" ] && accept_version "$home" "$version"
}

# True when version $1 is newer than version $2.
newer() {
    rank "$1" && left=$rank && rank "$2" && [ "$left" -gt "$rank" ]
}

rank() {
    ifs=$IFS IFS=.
    set -- $1 0 0 0
    IFS=$ifs
    rank=$(($1 * 1000000 + $2 * 1000 + $3))
}

# The newest among the folders given.
newest_jdk() {
    newest= newest_version=0
    for home; do
        if accept_jdk "$home" && newer "$JDK_VERSION" "$newest_version"; then
            newest=$JDK newest_version=$JDK_VERSION
        fi
    done
    [ -n "$newest" ] && JDK=$newest JDK_VERSION=$newest_version
}

find_jdk() {
    tool=$1
    if [ -n "${JAVA_HOME-}" ]; then
        accept_jdk "$JAVA_HOME" && return
        [ ! -r "$JAVA_HOME/release" ] && ask_java "$JAVA_HOME/bin/java" && return
    fi

    java=$(command -v java)
    file=$java
    while [ -h "$file" ]; do
        link=$(readlink "$file")
        case $link in
        /*) file=$link ;;
        *) file=${file%/*}/$link ;;
        esac
    done
    accept_jdk "${file%/bin/*}" && return

    # For tests: folders (patterns allowed), parted by colons, in place of the usual ones.
    if [ -n "${AGENTIC_MEMORY_JDK_DIRS-}" ]; then
        ifs=$IFS IFS=:
        set -- $AGENTIC_MEMORY_JDK_DIRS
        IFS=$ifs
    else
        set -- /usr/lib/jvm/* /usr/lib64/jvm/* /usr/java/* /opt/*jdk* /opt/java/* /usr/local/*jdk* \
            /Library/Java/JavaVirtualMachines/*/Contents/Home \
            /opt/homebrew/opt/openjdk*/libexec/openjdk.jdk/Contents/Home \
            /usr/local/opt/openjdk*/libexec/openjdk.jdk/Contents/Home \
            /home/linuxbrew/.linuxbrew/opt/openjdk*/libexec
        [ -z "${HOME-}" ] || set -- "$@" "$HOME"/.sdkman/candidates/java/* "$HOME"/.jdks/* \
            "$HOME"/.local/share/mise/installs/java/* "$HOME"/.asdf/installs/java/* \
            "$HOME"/Library/Java/JavaVirtualMachines/*/Contents/Home
    fi
    newest_jdk "$@" && return

    # Last, because it is slow.
    [ -n "$java" ] && [ ! -r "${file%/bin/*}/release" ] && ask_java "$java"
}

# Ends script $1 after a find_jdk in vain.
no_jdk() {
    if [ "$tool" = javac ]; then kind="JDK (with javac)"; else kind=Java; fi
    echo "$1: found no $kind 25 or later; install a JDK 25 (such as https://adoptium.net) or set JAVA_HOME to the folder of one." >&2
    exit 1
}
