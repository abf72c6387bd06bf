package dev.agenticmemory.store.search;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.agenticmemory.domain.Unavailable;
import dev.agenticmemory.store.search.SearchServer.Answer;
import dev.agenticmemory.store.search.SearchServer.Call;
import java.io.IOException;
import java.security.cert.CertificateException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import javax.net.ssl.SSLPeerUnverifiedException;
import org.jspecify.annotations.Nullable;

/// The server's operations, each repeated while the server is down or busy. All of them may be
/// repeated: writes carry versions or conditions of their own.
final class Cluster implements AutoCloseable {

  /// How long a call is repeated. Clients of this program wait a minute.
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private static final long PAUSE_MS_MIN = 50;
  private static final long PAUSE_MS_MAX = 2_000;

  /// How long the server itself waits for a shard before it answers 503.
  private static final String SHARD_TIMEOUT = "5s";

  /// Largest body of one bulk request; servers refuse 100 MB.
  private static final int BULK_CHARS_MAX = 8_000_000;

  private static final int OK = 200;
  private static final int BAD_REQUEST = 400;
  private static final int NOT_FOUND = 404;
  private static final int CONFLICT = 409;

  private final SearchServer server;
  private final Duration patience;

  Cluster(SearchServer server) {
    this(server, PATIENCE);
  }

  Cluster(SearchServer server, Duration patience) {
    this.server = server;
    this.patience = patience;
  }

  SearchServer server() {
    return server;
  }

  /// The same server with less patience.
  Cluster within(Duration max) {
    return new Cluster(server, patience.compareTo(max) < 0 ? patience : max);
  }

  /// Where a document is, and which state of it: what a condition of a later write names.
  record Stamp(long seqNo, long primaryTerm) {}

  /// A document as it is now, whether searches see it or not.
  record Stored(ObjectNode source, Stamp stamp) {}

  /// The documents with these ids, as they are now; null for each that is not there.
  List<@Nullable Stored> get(String index, List<String> ids) {
    ObjectNode body = Dsl.object();
    ids.forEach(body.putArray("ids")::add);
    Call call = Call.of("POST", "/" + index + "/_mget", body);
    Answer answer = require(repeated(call, Cluster::isBusyInside));
    List<@Nullable Stored> found = new ArrayList<>();
    for (JsonNode doc : answer.body().path("docs")) {
      if (doc.has("error")) {
        throw unavailable(doc.path("error").toString(), null);
      }
      found.add(doc.path("found").asBoolean() ? stored(doc) : null);
    }
    return found;
  }

  private static Stored stored(JsonNode doc) {
    return new Stored(
        (ObjectNode) doc.path("_source"),
        new Stamp(doc.path("_seq_no").asLong(), doc.path("_primary_term").asLong()));
  }

  /// Writes a document that must not be there yet; whether it was not.
  boolean create(String index, String id, ObjectNode doc) {
    return succeeded(
        call(
            Call.of("PUT", "/" + index + "/_create/" + id, doc)
                .with(Map.of("timeout", SHARD_TIMEOUT))));
  }

  /// Replaces a document that must still be in the state of `stamp`; whether it was.
  boolean replace(String index, String id, ObjectNode doc, Stamp stamp) {
    Map<String, String> condition =
        Map.of(
            "if_seq_no",
            String.valueOf(stamp.seqNo()),
            "if_primary_term",
            String.valueOf(stamp.primaryTerm()),
            "timeout",
            SHARD_TIMEOUT);
    return succeeded(call(Call.of("PUT", "/" + index + "/_doc/" + id, doc).with(condition)));
  }

  void delete(String index, String id) {
    Answer answer =
        call(Call.of("DELETE", "/" + index + "/_doc/" + id).with(Map.of("timeout", SHARD_TIMEOUT)));
    if (answer.status() != NOT_FOUND) {
      require(answer);
    }
  }

  private boolean succeeded(Answer answer) {
    if (answer.status() == CONFLICT) {
      return false;
    }
    require(answer);
    return true;
  }

  /// One search of several that are asked together.
  ///
  /// @param routing null for all shards
  record Search(String index, @Nullable String routing, ObjectNode body) {}

  /// The answers to all searches, in their order.
  List<JsonNode> search(List<Search> searches) {
    StringBuilder lines = new StringBuilder();
    for (Search search : searches) {
      ObjectNode header = Dsl.object().put("index", search.index());
      header.put("allow_partial_search_results", false);
      if (search.routing() != null) {
        header.put("routing", search.routing());
      }
      lines.append(header).append('\n').append(search.body()).append('\n');
    }
    Call call = new Call("POST", "/_msearch", Map.of(), lines.toString(), true);
    Answer answer = require(repeated(call, Cluster::isBusyInside));
    List<JsonNode> answers = new ArrayList<>();
    answer.body().path("responses").forEach(answers::add);
    answers.forEach(this::requireComplete);
    return answers;
  }

  private void requireComplete(JsonNode answer) {
    int status = answer.path("status").asInt(OK);
    if (status == BAD_REQUEST) {
      throw new Rejected(answer.path("error").toString());
    }
    if (status != OK || answer.path("timed_out").asBoolean()) {
      throw unavailable("a search failed: " + reason(answer), null);
    }
  }

  /// Makes all operations and lets searches see them. What was made before, or was overtaken by a
  /// later version, counts as made.
  void bulk(List<Operation> operations) {
    List<Operation> left = new ArrayList<>();
    int chars = 0;
    for (Operation operation : operations) {
      left.add(operation);
      chars += operation.size();
      if (chars > BULK_CHARS_MAX) {
        bulkPart(left);
        left.clear();
        chars = 0;
      }
    }
    bulkPart(left);
  }

  private void bulkPart(List<Operation> operations) {
    List<Operation> left = List.copyOf(operations);
    Pauses pauses = new Pauses();
    while (!left.isEmpty()) {
      StringBuilder lines = new StringBuilder();
      left.forEach(operation -> operation.appendTo(lines));
      Map<String, String> parameters = Map.of("refresh", "true", "timeout", SHARD_TIMEOUT);
      Answer answer = require(call(new Call("POST", "/_bulk", parameters, lines.toString(), true)));
      left = failed(left, answer.body().path("items"));
      if (!left.isEmpty() && !pauses.pause()) {
        throw unavailable(left.size() + " writes were refused for now", null);
      }
    }
  }

  /// The operations that are to be repeated.
  private static List<Operation> failed(List<Operation> operations, JsonNode items) {
    List<Operation> failed = new ArrayList<>();
    for (int i = 0; i < operations.size(); i++) {
      JsonNode item = items.path(i).path(operations.get(i).verb());
      int status = item.path("status").asInt();
      if (isBusy(status)) {
        failed.add(operations.get(i));
      } else if (status >= BAD_REQUEST && status != NOT_FOUND && status != CONFLICT) {
        throw new Rejected(item.path("error").toString());
      }
    }
    return failed;
  }

  /// The answer to a request, which is repeated while the server is down or busy.
  Answer call(Call call) {
    return repeated(call, answer -> isBusy(answer.status()));
  }

  /// Whether an answer asks to come again.
  private interface Busy {
    boolean test(Answer answer);
  }

  private Answer repeated(Call call, Busy busy) {
    Pauses pauses = new Pauses();
    while (true) {
      try {
        Answer answer = server.send(call);
        if (!busy.test(answer)) {
          return answer;
        }
        if (!pauses.pause()) {
          throw unavailable(
              "answered with status %d: %s".formatted(answer.status(), reason(answer.body())),
              null);
        }
      } catch (IOException e) {
        requireTrusted(e);
        if (!pauses.pause()) {
          throw unavailable("could not be reached: " + e.getMessage(), e);
        }
      }
    }
  }

  /// What is not trusted now will not be in a second.
  private void requireTrusted(IOException e) {
    for (Throwable cause = e; cause != null; cause = cause.getCause()) {
      if (cause instanceof CertificateException || cause instanceof SSLPeerUnverifiedException) {
        throw new Unavailable(
            "%s shows a certificate that is not trusted: %s"
                .formatted(server.name(), cause.getMessage()),
            "Set %s_CA_CERT to a PEM file with the certificate of whoever signed it, and name the"
                    .formatted(server.name().toUpperCase(Locale.ROOT))
                + " host as the certificate does.",
            e);
      }
    }
  }

  /// Whether the server or a shard that has a part of the answer is not ready.
  private static boolean isBusyInside(Answer answer) {
    return isBusy(answer.status())
        || answer
            .body()
            .path("responses")
            .valueStream()
            .anyMatch(one -> isBusy(one.path("status").asInt(OK)))
        || answer.body().path("docs").valueStream().anyMatch(Cluster::isNotReady);
  }

  /// Documents have no status of their own.
  private static boolean isNotReady(JsonNode doc) {
    return doc.has("error")
        && !doc.path("error").path("type").asText().equals("index_not_found_exception");
  }

  /// Too many requests, not ready, or a gateway before it that says so; and a request that timed
  /// out.
  private static boolean isBusy(int status) {
    return status == 408 || status == 429 || status >= 500;
  }

  /// The answer, or what is wrong with the request, as whoever can act needs it.
  Answer require(Answer answer) {
    int status = answer.status();
    if (status < BAD_REQUEST) {
      return answer;
    }
    String reason = reason(answer.body());
    if (status == 401 || status == 403) {
      throw new Unavailable(
          "%s refused access (status %d): %s".formatted(server.name(), status, reason),
          "Check %s and their rights; where the server says read-only, free some of its disk."
              .formatted(server.credentials()),
          null);
    }
    throw new Rejected("%s answered with status %d: %s".formatted(server.name(), status, reason));
  }

  private static String reason(JsonNode body) {
    JsonNode error = body.path("error");
    String reason = error.path("reason").asText(error.isTextual() ? error.asText() : "");
    return reason.isEmpty() ? error.path("type").asText("no reason given") : reason;
  }

  private Unavailable unavailable(String what, @Nullable Throwable cause) {
    return new Unavailable(
        "%s %s".formatted(server.name(), what),
        "Check that it runs and is healthy; `agentic-memory doctor` tries now. A write that was"
            + " under way may still be completed, so ask before you repeat it.",
        cause);
  }

  @Override
  public void close() {
    server.close();
  }

  /// The pauses between the tries of one call, longer and longer.
  private final class Pauses {

    private final long endNanos = System.nanoTime() + patience.toNanos();
    private long millis = PAUSE_MS_MIN;

    /// Waits, and says whether to try again.
    boolean pause() {
      if (System.nanoTime() + millis * 1_000_000 > endNanos) {
        return false;
      }
      try {
        Thread.sleep(millis / 2 + ThreadLocalRandom.current().nextLong(millis));
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return false;
      }
      millis = Math.min(millis * 2, PAUSE_MS_MAX);
      return true;
    }
  }
}
