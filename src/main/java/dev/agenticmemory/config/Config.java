package dev.agenticmemory.config;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.agenticmemory.domain.AgentId;
import dev.agenticmemory.domain.MemoryException;
import dev.agenticmemory.domain.Sharing;
import dev.agenticmemory.domain.UserId;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// Every setting of the program. Immutable; made once, in `Main`, and passed by constructor.
///
/// @param home `MEMORY_HOME`, or `DATA_DIR` where that is not set: the data folder. Default
///   `~/.agentic-memory`
/// @param boundUser `MEMORY_USER_ID`: binds a stdio process to this user; null where it is not set
/// @param defaultUser the user that is meant where none is named: `boundUser`, else the name of the
///   operating system's user
/// @param agent `MEMORY_AGENT_ID`: whose memories writes are, where no agent is named
/// @param sharing `MEMORY_SHARING`: `user` (default), `off` or `team`
/// @param engine `VECTOR_STORE`: where memories are kept. Default `embedded`
/// @param engines `ELASTICSEARCH_…`, `OPENSEARCH_…`, `S3VECTORS_…`: where each of them is
/// @param embedding `EMBEDDING_…`: what makes vectors
/// @param llm `LLM_…`: what makes facts
/// @param rerank `RERANK_…`: what reads the hits of a search; null for nothing
/// @param diversity `SEARCH_DIVERSITY`: how much a hit loses that repeats a better one, from 0 to
///   1. Default 0
/// @param service `SERVICE_…`: the program on the network
/// @param jobs what is done by itself
/// @param serverIdle `MEMORY_SERVER_IDLE_SECONDS`: after how long without a client a server ends
///   that a stdio process has started; zero where none is started. Default 10 minutes
/// @param fingerprint a hash of the settings that decide how memories are kept, found and made:
///   processes with the same one give the same answers
public record Config(
    Path home,
    @Nullable UserId boundUser,
    UserId defaultUser,
    @Nullable AgentId agent,
    Sharing sharing,
    StoreEngine engine,
    Engines engines,
    EmbeddingSource embedding,
    Llm llm,
    @Nullable Rerank rerank,
    double diversity,
    Service service,
    Jobs jobs,
    Duration serverIdle,
    String fingerprint) {

  /// These settings with another data folder.
  public Config withHome(Path other) {
    return new Config(
        other,
        boundUser,
        defaultUser,
        agent,
        sharing,
        engine,
        engines,
        embedding,
        llm,
        rerank,
        diversity,
        service,
        jobs,
        serverIdle,
        fingerprint);
  }

  /// Where memories can be kept.
  public enum StoreEngine {
    EMBEDDED,
    ELASTICSEARCH,
    OPENSEARCH,
    S3VECTORS
  }

  /// What our settings begin with in the environment, which is not ours alone.
  private static final String PREFIX = "MEMORY_";

  /// What only our settings begin with in a file of settings.
  private static final Set<String> PREFIXES =
      Set.of(
          PREFIX,
          "ARCHIVE_",
          "AUDIT_",
          "DIGEST_",
          "DREAM_",
          "ELASTICSEARCH_",
          "EMBEDDING_",
          "LLM_",
          "OAUTH_",
          "OPENSEARCH_",
          "RERANK_",
          "S3VECTORS_",
          "SEARCH_",
          "SERVICE_",
          "SYNC_",
          "VECTOR_");

  private static final int SERVER_IDLE_SECONDS = 600;
  private static final int SERVER_IDLE_SECONDS_MAX = 7 * 86_400;

  /// What is for others: what systemd sets for every service, the token that clients send to a
  /// server, the file of the reference server.
  private static final Set<String> FOREIGN =
      Set.of("MEMORY_PRESSURE_WATCH", "MEMORY_PRESSURE_WRITE", "MEMORY_TOKEN", "MEMORY_FILE_PATH");

  private static final Set<String> FOLDER = Set.of("MEMORY_HOME", "DATA_DIR");

  /// What shows that an existing installation of another service used another store.
  private static final List<String> OTHER_STORES =
      List.of("ELASTICSEARCH_", "OPENSEARCH_", "S3VECTORS_");

  /// Reads the settings, or throws one [InvalidConfig] that names every wrong variable at once.
  ///
  /// The environment wins over the file, which is the one named, else `.env` in the data folder;
  /// never one of the working folder, which may be anybody's. An unknown variable that begins as
  /// ours do is wrong too: it is a typing error that would otherwise leave a default in force. In
  /// the environment that is `MEMORY_` alone.
  ///
  /// @param envFile null for `.env` in the data folder, where there is one
  /// @param userHome the home folder of the operating system's user
  /// @param userName the name of that user
  public static Config read(
      Map<String, String> env, @Nullable Path envFile, Path userHome, String userName) {
    Path home = new Reader(env).home(userHome);
    Path file = envFile == null ? home.resolve(".env") : envFile;
    Map<String, String> ofFile =
        envFile != null || Files.isRegularFile(file) ? EnvFile.read(file) : Map.of();
    Map<String, String> all = new HashMap<>(ofFile);
    all.putAll(env);
    return new Reader(all, ofFile.keySet()).config(userHome, userName);
  }

  /// The settings that an environment has and a file has not, but for where the data folder is.
  public static Map<String, String> settings(Map<String, String> env, Path file) {
    Reader reader = new Reader(env);
    try {
      var _ = reader.config(Path.of("/"), "");
    } catch (InvalidConfig _) {
      // With the file it is whole; here only its names are asked for.
    }
    Map<String, String> settings = new TreeMap<>(env);
    settings.keySet().retainAll(reader.asked);
    settings.keySet().removeAll(FOLDER);
    if (Files.isRegularFile(file)) {
      EnvFile.read(file).forEach(settings::remove);
    }
    return settings;
  }

  /// Reads variables one by one, and keeps what is wrong with them.
  static final class Reader {

    private final Map<String, String> env;
    private final Set<String> ofFile;
    private final Set<String> asked = new TreeSet<>();
    private final Set<String> known = new TreeSet<>();
    private final List<String> problems = new ArrayList<>();

    Reader(Map<String, String> env) {
      this(env, Set.of());
    }

    /// @param ofFile which names stand in the file of settings
    private Reader(Map<String, String> env, Set<String> ofFile) {
      this.env = env;
      this.ofFile = ofFile;
    }

    /// Every name that may be asked for.
    Set<String> known() {
      return known;
    }

    /// These may be asked for, in some cases alone.
    void knows(String... names) {
      known.addAll(List.of(names));
    }

    Path home(Path userHome) {
      Path dataDir =
          read("DATA_DIR", userHome.resolve(".agentic-memory"), text -> folder(text, userHome));
      return read("MEMORY_HOME", dataDir, text -> folder(text, userHome)).normalize();
    }

    /// Clients pass `~` on as it is, and start servers in any folder.
    static Path folder(String text, Path userHome) {
      Path folder =
          text.equals("~") || text.startsWith("~/")
              ? userHome.resolve(text.substring(Math.min(2, text.length())))
              : Path.of(text);
      if (!folder.isAbsolute()) {
        throw new IllegalArgumentException(
            "is \"%s\"; pass a path from the root, or from ~/".formatted(text));
      }
      return folder;
    }

    Config config(Path userHome, String userName) {
      Path home = home(userHome);
      UserId bound = this.<@Nullable UserId>read("MEMORY_USER_ID", null, UserId::new);
      AgentId agent = this.<@Nullable AgentId>read("MEMORY_AGENT_ID", null, AgentId::new);
      Sharing sharing = read("MEMORY_SHARING", Sharing.USER, one(Sharing.values(), Enum::name));
      Set<String> ofTheCaller = Set.copyOf(asked);
      requireStoreChosen();
      StoreEngine engine =
          read("VECTOR_STORE", StoreEngine.EMBEDDED, one(StoreEngine.values(), Enum::name));
      Engines engines = Engines.read(this);
      Llm llm = Llm.read(this);
      EmbeddingSource embedding = EmbeddingSource.read(this, llm);
      Rerank rerank = Rerank.read(this, llm);
      double diversity = share("SEARCH_DIVERSITY");
      boolean aws = Aws.isUsed(engine, engines, llm, embedding);
      String fingerprint = fingerprint(ofTheCaller, aws ? Aws.CREDENTIALS : Set.of());
      Service service = Service.read(this);
      Jobs jobs = Jobs.read(this, userHome);
      Duration serverIdle =
          Duration.ofSeconds(
              number(
                  "MEMORY_SERVER_IDLE_SECONDS", SERVER_IDLE_SECONDS, 0, SERVER_IDLE_SECONDS_MAX));
      requireNoUnknown();
      if (!problems.isEmpty()) {
        throw new InvalidConfig(problems);
      }
      UserId user = bound == null ? new UserId(userName.isBlank() ? "default" : userName) : bound;
      return new Config(
          home,
          bound,
          user,
          agent,
          sharing,
          engine,
          engines,
          embedding,
          llm,
          rerank,
          diversity,
          service,
          jobs,
          serverIdle,
          fingerprint);
    }

    /// A hash of all that was read so far, but for some. Keys are in it: another key may be another
    /// account.
    private String fingerprint(Set<String> leftOut, Set<String> added) {
      Set<String> names = new TreeSet<>(asked);
      names.removeAll(leftOut);
      names.addAll(added);
      StringBuilder text = new StringBuilder();
      for (String name : names) {
        String value = env.getOrDefault(name, "").strip();
        if (!value.isEmpty()) {
          text.append(name).append('=').append(value).append('\n');
        }
      }
      try {
        MessageDigest digest = MessageDigest.getInstance("SHA-256");
        return HexFormat.of().formatHex(digest.digest(text.toString().getBytes(UTF_8)));
      } catch (NoSuchAlgorithmException e) {
        throw new IllegalStateException("Every JVM has SHA-256", e);
      }
    }

    <T extends @Nullable Object> T read(
        String name, T fallback, Function<String, ? extends T> parse) {
      asked.add(name);
      known.add(name);
      String text = env.get(name);
      if (text == null || text.isBlank()) {
        return fallback;
      }
      try {
        return parse.apply(text.strip());
      } catch (MemoryException | IllegalArgumentException e) {
        problems.add("%s: %s".formatted(name, e.getMessage()));
        return fallback;
      }
    }

    /// A text; `fallback` where it is not set.
    String text(String name, String fallback) {
      return read(name, fallback, text -> text);
    }

    /// The first of these that is set.
    @Nullable Secret secret(String... names) {
      knows(names);
      for (String name : names) {
        String text = text(name, "");
        if (!text.isEmpty()) {
          return new Secret(text);
        }
      }
      return null;
    }

    boolean flag(String name, boolean fallback) {
      return read(
          name,
          fallback,
          text ->
              switch (text.toLowerCase(Locale.ROOT)) {
                case "true", "1", "yes", "on" -> true;
                case "false", "0", "no", "off" -> false;
                default ->
                    throw new IllegalArgumentException(
                        "is \"%s\"; true or false is allowed".formatted(text));
              });
    }

    int number(String name, int fallback, int min, int max) {
      return read(
          name,
          fallback,
          text -> {
            int number = text.matches("\\d{1,9}") ? Integer.parseInt(text) : -1;
            if (number < min || number > max) {
              throw new IllegalArgumentException(
                  "is \"%s\"; a whole number from %d to %d is allowed".formatted(text, min, max));
            }
            return number;
          });
    }

    private double share(String name) {
      return read(
          name,
          0.0,
          text -> {
            if (!text.matches("0|1|[01]?\\.\\d{1,9}") || Double.parseDouble(text) > 1) {
              throw new IllegalArgumentException(
                  "is \"%s\"; a number from 0 to 1 is allowed".formatted(text));
            }
            return Double.parseDouble(text);
          });
    }

    void problem(String problem) {
      problems.add(problem);
    }

    private void requireStoreChosen() {
      for (String prefix : OTHER_STORES) {
        boolean used = env.keySet().stream().anyMatch(name -> name.startsWith(prefix));
        if (used && !env.containsKey("VECTOR_STORE")) {
          problems.add(
              "VECTOR_STORE is not set, but %1$s_… is: add VECTOR_STORE=%2$s to use it, or"
                      .formatted(name(prefix), name(prefix).toLowerCase(Locale.ROOT))
                  + " VECTOR_STORE=embedded to keep memories in the data folder");
        }
      }
    }

    private static String name(String prefix) {
      return prefix.substring(0, prefix.length() - 1);
    }

    private void requireNoUnknown() {
      env.keySet().stream()
          .filter(this::isMeantAsOurs)
          .filter(name -> !known.contains(name) && !FOREIGN.contains(name))
          .sorted()
          .forEach(name -> problems.add(name + ": unknown; " + meant(name)));
    }

    private boolean isMeantAsOurs(String name) {
      return ofFile.contains(name)
          ? PREFIXES.stream().anyMatch(name::startsWith)
          : name.startsWith(PREFIX);
    }

    private String meant(String unknown) {
      return Nearest.of(unknown, known)
          .map("did you mean %s?"::formatted)
          .orElseGet(() -> "known are " + known);
    }

    static <T> Function<String, T> one(T[] values, Function<T, String> name) {
      return text -> {
        List<String> names = new ArrayList<>();
        for (T value : values) {
          String each = name.apply(value).toLowerCase(Locale.ROOT);
          if (each.equals(text.toLowerCase(Locale.ROOT))) {
            return value;
          }
          names.add(each);
        }
        throw new IllegalArgumentException("is \"%s\"; known are %s".formatted(text, names));
      };
    }
  }
}
