package dev.agenticmemory.mcp;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.agenticmemory.domain.MemoryException;
import dev.agenticmemory.domain.MemoryId;
import dev.agenticmemory.domain.RunId;
import dev.agenticmemory.domain.UserId;
import dev.agenticmemory.engine.Job;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// What a `memory://` URI names. Ids in it are percent-encoded.
sealed interface Address {

  String SCHEME = "memory://";

  record Stats() implements Address {}

  /// All jobs: when they are due, and what each did last.
  record Jobs() implements Address {}

  /// What one job did of late.
  record OneJob(Job job) implements Address {}

  record LongTerm(UserId user) implements Address {}

  record Runs(UserId user) implements Address {}

  record Run(UserId user, RunId run) implements Address {}

  record One(MemoryId id) implements Address {}

  record History(MemoryId id) implements Address {}

  /// What `uri` names; empty where that is nothing of ours.
  static Optional<Address> parse(String uri) {
    if (!uri.startsWith(SCHEME)) {
      return Optional.empty();
    }
    List<String> raw = Arrays.asList(uri.substring(SCHEME.length()).split("/", -1));
    try {
      return Optional.ofNullable(of(raw.stream().map(Address::decoded).toList()));
    } catch (IllegalArgumentException | MemoryException _) {
      return Optional.empty(); // Broken percent-encoding, or an id that cannot be one.
    }
  }

  private static @Nullable Address of(List<String> path) {
    String kind = path.getFirst();
    String shape = kind + " " + path.size();
    return switch (shape) {
      case "stats 1" -> new Stats();
      case "jobs 1" -> new Jobs();
      case "jobs 2" -> job(path.get(1));
      case "users 3" ->
          switch (path.get(2)) {
            case "long-term" -> new LongTerm(new UserId(path.get(1)));
            case "runs" -> new Runs(new UserId(path.get(1)));
            default -> null;
          };
      case "users 4" ->
          path.get(2).equals("runs")
              ? new Run(new UserId(path.get(1)), new RunId(path.get(3)))
              : null;
      case "memories 2" -> new One(MemoryId.parse(path.get(1)));
      case "memories 3" ->
          path.get(2).equals("history") ? new History(MemoryId.parse(path.get(1))) : null;
      default -> null;
    };
  }

  private static @Nullable Address job(String word) {
    return Arrays.stream(Job.values())
        .filter(job -> job.word().equals(word))
        .findFirst()
        .map(OneJob::new)
        .orElse(null);
  }

  static String ofLongTerm(UserId user) {
    return SCHEME + "users/" + encoded(user.value()) + "/long-term";
  }

  static String ofRuns(UserId user) {
    return SCHEME + "users/" + encoded(user.value()) + "/runs";
  }

  static String ofRun(UserId user, RunId run) {
    return ofRuns(user) + "/" + encoded(run.value());
  }

  private static String encoded(String id) {
    return URLEncoder.encode(id, UTF_8).replace("+", "%20");
  }

  private static String decoded(String part) {
    return URLDecoder.decode(part.replace("+", "%2B"), UTF_8);
  }
}
