#!/bin/sh
# Tests `agentic-memory`, `mvnw` and `.mvn/find-jdk.sh`. Run in the project's folder; builds the project once, in a copy.

. ./.mvn/find-jdk.sh
find_jdk javac || no_jdk test-launcher.sh
new=$JDK
unset JAVA_HOME JAVA_TOOL_OPTIONS AGENTIC_MEMORY_JAVA_OPTS
export AGENTIC_MEMORY_NO_AOT=1 AGENTIC_MEMORY_JDK_DIRS="$new"

temp=$(cd "$(mktemp -d)" && pwd -P) || exit 1
trap 'chmod -R u+w "$temp"; rm -rf "$temp"' EXIT
trap 'exit 130' HUP INT TERM
chmod 755 "$temp" # for the user of the read-only case
passed=0 failed=0

# check <name> <command...>: the command's success is the test's.
check() {
    name=$1
    shift
    if "$@"; then
        echo "ok    $name"
        passed=$((passed + 1))
    else
        echo "FAIL  $name (exit status $status)"
        sed 's/^/      out: /' "$temp/out"
        sed 's/^/      err: /' "$temp/err"
        failed=$((failed + 1))
    fi
}

run() {
    "$@" >"$temp/out" 2>"$temp/err" </dev/null
    status=$?
}

# Copies a project: all, or all but what is built.
copy() {
    mkdir -p "$2"
    for file in "$1"/* "$1/.mvn"; do
        [ "${file##*/}" = target ] || cp -Rp "$file" "$2"
    done
    if [ "${3-}" = built ]; then
        mkdir -p "$2/target" && cp -Rp "$1/target/dist" "$2/target"
    fi
}

# Waits for at most two minutes.
wait_until() {
    tries=120
    until "$@"; do
        tries=$((tries - 1))
        [ $tries -gt 0 ] || return 1
        sleep 1
    done
}

is_version() { [ $status = 0 ] && [ -s "$temp/out" ] && cmp -s "$temp/out" "$temp/version"; }
is_silent_version() { is_version && [ ! -s "$temp/err" ]; }
is_failure() { [ $status = 1 ] && [ ! -s "$temp/out" ]; }
is_one_sentence() { is_failure && [ "$(wc -l <"$temp/err")" -eq 1 ] && grep -q "$1" "$temp/err"; }

# An older JDK that must not be run.
old=$temp/jdk-17
mkdir -p "$old/bin"
echo 'JAVA_VERSION="17.0.15"' >"$old/release"
printf '#!/bin/sh\necho "this is the older java"\nexit 17\n' >"$old/bin/java"
cp "$old/bin/java" "$old/bin/javac"
chmod +x "$old/bin/java" "$old/bin/javac"
dead=$(sh -c 'echo $$')

# --- the one build: two first starts at once, in a folder with an awkward name, with the lock of a dead build in it

project="$temp/agentic memory é文"
copy . "$project"
ln -s "$dead" "$project/.build.lock"
start() {
    echo "from the client" | {
        PATH="$old/bin:$PATH" "$project/agentic-memory" --version >"$temp/out$1" 2>"$temp/err$1"
        echo $? >"$temp/status$1"
        cat >"$temp/rest$1"
    }
}
start 1 &
start 2
wait
cp "$temp/out1" "$temp/out"
cat "$temp/err1" "$temp/err2" >"$temp/err"
status="$(cat "$temp/status1") and $(cat "$temp/status2")"
"$project/agentic-memory" --version >"$temp/version" 2>/dev/null
both_succeed() { [ "$status" = "0 and 0" ] && [ -s "$temp/version" ]; }
built_once() { [ "$(grep -c 'building once' "$temp/err")" -eq 1 ]; }
stdout_is_clean() { cmp -s "$temp/out1" "$temp/version" && cmp -s "$temp/out2" "$temp/version"; }
stdin_is_left() { [ "$(cat "$temp/rest1" "$temp/rest2" | grep -c 'from the client')" -eq 2 ]; }
check "two first starts at once, an older java first on PATH" both_succeed
check "they build once" built_once
check "standard output is clean during the build" stdout_is_clean
check "the build leaves standard input alone" stdin_is_left
check "no lock is left, and a dead build's is no obstacle" [ ! -h "$project/.build.lock" ]
if [ $failed -gt 0 ]; then
    echo "$passed passed, $failed failed; the other tests need the build"
    exit 1
fi

# --- where Java is found

launcher=$project/agentic-memory
run "$launcher" --version
check "a second start builds nothing and is silent" is_silent_version
run env PATH="$old/bin:$PATH" "$launcher" --version
check "older java first on PATH" is_version
run env JAVA_HOME="$old" "$launcher" --version
check "JAVA_HOME of an older JDK" is_version
run env JAVA_HOME="$new" PATH="$old/bin:$PATH" AGENTIC_MEMORY_JDK_DIRS=/none "$launcher" --version
check "JAVA_HOME before PATH" is_version
mkdir "$temp/links" "$temp/shims"
ln -s "$new/bin/java" "$temp/links/java-25"
ln -s java-25 "$temp/links/java"
run env PATH="$temp/links:$PATH" AGENTIC_MEMORY_JDK_DIRS=/none "$launcher" --version
check "java on PATH is a link" is_version
printf '#!/bin/sh\nexec "%s/bin/java" "$@"\n' "$new" >"$temp/shims/java"
chmod +x "$temp/shims/java"
run env PATH="$temp/shims:$PATH" AGENTIC_MEMORY_JDK_DIRS=/none "$launcher" --version
check "java on PATH is a version manager's script" is_version
run env PATH="$old/bin:$PATH" AGENTIC_MEMORY_JDK_DIRS="$old:/none/*" "$launcher" --version
check "no JDK: one clear sentence" is_one_sentence JAVA_HOME
run env PATH="$old/bin:$PATH" AGENTIC_MEMORY_JDK_DIRS=/none "$project/mvnw" --version
check "no JDK for mvnw: one clear sentence" is_one_sentence JAVA_HOME

# --- where the launcher is

mkdir -p "$temp/bin/deep"
ln -s "../../${project##*/}/agentic-memory" "$temp/bin/deep/real"
ln -s deep/real "$temp/bin/memory"
in_another_folder() (cd "$temp/bin" && PATH="$temp/bin:$PATH" && memory --version)
run in_another_folder
check "through links, found on PATH, from another folder" is_silent_version
in_its_folder() (cd "$project" && sh agentic-memory --version)
run in_its_folder
check "as an argument of sh" is_silent_version

# --- when it builds, with a stand-in for mvnw that puts the old jar back

copy "$project" "$temp/stub" built
cp "$temp/stub/target/dist/agentic-memory.jar" "$temp/stub/saved.jar"
cat >"$temp/stub/mvnw" <<'END'
#!/bin/sh
echo "a line of Maven's"
[ ! -f fail ] || exit 1
sleep 3
cp saved.jar target/dist/agentic-memory.jar
echo stub >target/dist/build-id
END
stub=$temp/stub/agentic-memory
find "$temp/stub/pom.xml" "$temp/stub/src/main" -exec touch {} +
run "$stub" --version
built_again() { is_version && grep -q "building once" "$temp/err" && grep -q "line of Maven" "$temp/err"; }
check "newer source is built first" built_again
sleep 1
touch "$temp/stub/pom.xml" "$temp/stub/fail"
run "$stub" --version
says_failed() { is_failure && grep -q "the build failed" "$temp/err" && grep -q "line of Maven" "$temp/err"; }
check "a failed build runs nothing old" says_failed
check "a failed build leaves no lock" [ ! -h "$temp/stub/.build.lock" ]
rm "$temp/stub/fail"
"$stub" --version >"$temp/killed" 2>&1 &
start=$!
wait_until grep -qs "building once" "$temp/killed"
kill $start
wait $start 2>/dev/null
run "$stub" --version
waited() { is_version && grep -q waiting "$temp/err" && ! grep -q "building once" "$temp/err"; }
check "a killed start's build goes on, and the next start waits for it" waited

# --- a folder it may not write to, and an empty environment (which would else make an AOT cache)

copy "$project" "$temp/fixed" built
copy "$project" "$temp/fixed-unbuilt"
chmod -R a+rX,a-w "$temp/fixed" "$temp/fixed-unbuilt"
if [ "$(id -u)" = 0 ]; then
    as_reader() { su -s /bin/sh nobody -c "exec $1 \"\$0\" --version" "$2"; }
else
    as_reader() { $1 "$2" --version; }
fi
run as_reader "env AGENTIC_MEMORY_NO_AOT=" "$temp/fixed/agentic-memory"
check "read-only project folder" is_silent_version
run as_reader "env" "$temp/fixed-unbuilt/agentic-memory"
check "read-only project folder that is not built: one clear sentence" is_one_sentence "not writable"
run as_reader "env -i" "$temp/fixed/agentic-memory"
check "empty environment" is_silent_version

# --- mvnw without a usable Maven, with a stand-in for the download

mkdir -p "$temp/wrapper" "$temp/maven/apache-maven-3.9.11/bin" "$temp/fakes" "$temp/home dir"
cp -Rp .mvn "$temp/wrapper"
printf '#!/bin/sh\nprintf "<%%s>" "$JAVA_HOME" "$@"\n' >"$temp/maven/apache-maven-3.9.11/bin/mvn"
chmod +x "$temp/maven/apache-maven-3.9.11/bin/mvn"
(cd "$temp/maven" && tar -czf ../maven.tar.gz apache-maven-3.9.11)
sum=$(sha512sum <"$temp/maven.tar.gz" 2>/dev/null || shasum -a 512 <"$temp/maven.tar.gz")
sed "s/^sha512=.*/sha512=${sum%% *}/" mvnw >"$temp/wrapper/mvnw"
chmod +x "$temp/wrapper/mvnw"
cat >"$temp/fakes/curl" <<END
#!/bin/sh
while [ "\$1" != -o ]; do shift; done
cp "$temp/maven.tar.gz" "\$2"
END
printf '#!/bin/sh\nprintf "\\033[1mApache Maven 3.8.6 (x)\\033[m\\n"\n' >"$temp/fakes/mvn"
chmod +x "$temp/fakes/curl" "$temp/fakes/mvn"
wrapper() { run env HOME="$temp/home dir" JAVA_HOME="$old" PATH="$temp/fakes:$PATH" "$@" -q "a b"; }
was_run() { [ "$status" = 0 ] && [ "$(cat "$temp/out")" = "<$new><-q><a b>" ]; }
wrapper "$project/mvnw"
refused() { is_failure && grep -q "SHA-512 differs" "$temp/err" && [ "$(ls "$temp/home dir/.m2/wrapper/dists/"*)" = "" ]; }
check "mvnw refuses a download with another checksum" refused
wrapper "$temp/wrapper/mvnw"
check "mvnw downloads Maven where the installed one is too old" was_run
printf '#!/bin/sh\nexit 1\n' | tee "$temp/fakes/curl" >"$temp/fakes/mvn"
wrapper "$temp/wrapper/mvnw"
was_run_silently() { was_run && [ ! -s "$temp/err" ]; }
check "mvnw downloads once, and passes over a broken Maven" was_run_silently
printf '#!/bin/sh\n[ "$1" != -v ] || { printf "\\033[1mApache Maven 3.10.0\\033[m\\n"; exit; }\nprintf "<%%s>" "$JAVA_HOME" "$@"\n' >"$temp/fakes/mvn"
rm -rf "$temp/home dir/.m2"
wrapper "$temp/wrapper/mvnw"
check "mvnw uses an installed Maven that is new enough" was_run_silently

# --- AOT cache

dist=$project/target/dist
export JAVA_HOME="$new"
find_jdk java
cache="$dist/$(cat "$dist/build-id")-$JDK_VERSION.aot"
unset AGENTIC_MEMORY_NO_AOT
echo garbage >"$dist/20200101000000000-${cache##*-}"
ln -s "$dead" "$dist/.aot.lock"
run "$launcher" --version
not_yet() { is_silent_version && [ ! -f "$cache" ]; }
check "an older build's AOT cache is not used, nor is the new one waited for" not_yet
run "$launcher" --version
check "a start meanwhile" is_silent_version
check "the AOT cache is made in the background" wait_until [ -f "$cache" ]
wait_until [ ! -h "$dist/.aot.lock" ]
only_caches() {
    [ "$(ls -A "$dist" | grep -c '[.]aot')" = 3 ] && [ -f "${cache%.aot}-start.aot" ] && [ -f "${cache%.aot}-pump.aot" ]
}
check "small ones for clients of a server are made too, and nothing else of it is left" only_caches
run env AGENTIC_MEMORY_JAVA_OPTS=-XX:AOTMode=on "$launcher" --version # ends where the cache is not used
check "the AOT cache is used" is_silent_version
fake=$temp/jdk-fake # says what it is run with
mkdir -p "$fake/bin" "$temp/none"
echo "JAVA_VERSION=\"$JDK_VERSION\"" >"$fake/release"
printf '#!/bin/sh\nprintf "%%s\\n" "$@"\n' >"$fake/bin/java"
chmod +x "$fake/bin/java"
printf '# none\nexport MEMORY_SERVER_IDLE_SECONDS="0"' >"$temp/none/.env"
both_compilers() { [ $status = 0 ] && grep -q AOTCache= "$temp/out" && ! grep -q TieredStopAtLevel "$temp/out"; }
one_compiler() { [ $status = 0 ] && grep -q TieredStopAtLevel "$temp/out"; }
run env JAVA_HOME="$fake" MEMORY_HOME="$temp/none" "$launcher" stdio
check "a client that starts no server, as .env says, runs with both compilers" both_compilers
run env JAVA_HOME="$fake" MEMORY_HOME="$temp/none" MEMORY_SERVER_IDLE_SECONDS=5 "$launcher" stdio
check "the environment wins over .env" one_compiler
echo garbage >"$cache"
run "$launcher" --version
check "a corrupt AOT cache does no harm and keeps off standard output" is_version

echo "$passed passed, $failed failed"
[ $failed = 0 ]
