package dev.agenticmemory.eval;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import dev.agenticmemory.domain.Author;
import dev.agenticmemory.domain.InvalidInput;
import dev.agenticmemory.eval.Dataset.Conversation;
import dev.agenticmemory.eval.Dataset.Question;
import dev.agenticmemory.eval.Dataset.Turn;
import dev.agenticmemory.json.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Reads datasets. Which format a path has is seen from what is there:
///
/// - **REALTALK**: `Chat_*.json` with `session_1`, `session_2`, … and `qa`;
/// - **LoCoMo**: the same with the sessions in `conversation`, one in a file or a list of them;
/// - **BEAM**: folders with `chat.json` and `probing_questions/probing_questions.json`;
/// - **our own**: `*.jsonl`, one object a line. `{"conversation","session","id","role","speaker",
///   "at","text"}` is a turn and `{"conversation","question","category","evidence":[ids]}` a
///   question; of a turn `id` and `text` are needed, of a question `question`.
public final class Datasets {

  private static final Pattern NUMBER = Pattern.compile("\\d+");
  private static final Pattern SESSION = Pattern.compile("session_(\\d+)");

  /// The category of BEAM whose questions have no answer in the chat.
  private static final String ABSTENTION = "abstention";

  private static final Pattern DIALOGUE_ID = Pattern.compile("D:?(\\d+):0*(\\d+)");

  private static final List<DateTimeFormatter> DAYS =
      List.of(
          DateTimeFormatter.ISO_LOCAL_DATE,
          DateTimeFormatter.ofPattern("dd.MM.yyyy", Locale.ROOT),
          day("d MMMM, yyyy"),
          day("MMMM-dd-yyyy"));

  private Datasets() {}

  /// The dataset at `path`, a file or a folder.
  public static Dataset read(Path path) throws IOException {
    if (!Files.exists(path)) {
      throw wrong(path, "does not exist");
    }
    List<Conversation> conversations =
        Files.isDirectory(path) ? folder(path) : file(path, Files.readString(path));
    if (conversations.isEmpty()) {
      throw wrong(path, "holds no dataset of a known format");
    }
    return new Dataset(path.getFileName().toString(), conversations);
  }

  private static List<Conversation> folder(Path folder) throws IOException {
    List<Conversation> conversations = new ArrayList<>();
    for (Path path : sorted(folder)) {
      String name = path.getFileName().toString();
      Path chat = path.resolve("chat.json");
      if (Files.isRegularFile(chat)) {
        Path questions = path.resolve("probing_questions").resolve("probing_questions.json");
        conversations.add(
            beam(name, json(chat), Files.exists(questions) ? json(questions) : Json.object()));
      } else if (Files.isRegularFile(path) && (name.endsWith(".json") || name.endsWith(".jsonl"))) {
        conversations.addAll(file(path, Files.readString(path)));
      }
    }
    return conversations;
  }

  /// By the first number in their names, else by name.
  private static List<Path> sorted(Path folder) throws IOException {
    try (Stream<Path> paths = Files.list(folder)) {
      return paths
          .sorted(Comparator.comparingInt(Datasets::number).thenComparing(Function.identity()))
          .toList();
    }
  }

  private static int number(Path path) {
    Matcher matcher = NUMBER.matcher(path.getFileName().toString());
    return matcher.find() ? Integer.parseInt(matcher.group()) : Integer.MAX_VALUE;
  }

  private static List<Conversation> file(Path path, String text) throws IOException {
    String name = path.getFileName().toString().replaceFirst("\\.jsonl?$", "");
    if (path.toString().endsWith(".jsonl")) {
      return lines(path, text);
    }
    JsonNode root = json(path);
    List<Conversation> conversations = new ArrayList<>();
    for (JsonNode one : root.isArray() ? root : Json.array().add(root)) {
      if (one.has("qa")) {
        conversations.add(dialogue(one.path("sample_id").asText(name), one));
      }
    }
    return conversations;
  }

  private static JsonNode json(Path path) throws IOException {
    try {
      return Json.parse(Files.readString(path));
    } catch (JsonProcessingException e) {
      throw wrong(path, "is not JSON: " + e.getOriginalMessage());
    }
  }

  private static Conversation dialogue(String name, JsonNode root) {
    JsonNode sessions = root.has("conversation") ? root.path("conversation") : root;
    List<Turn> turns = new ArrayList<>();
    for (String session : sessionNames(sessions)) {
      Instant at = instant(sessions.path(session + "_date_time").asText(""));
      for (JsonNode turn : sessions.path(session)) {
        Instant own = instant(turn.path("date_time").asText(""));
        turns.add(
            new Turn(
                turn.path("dia_id").asText(),
                session,
                Author.USER,
                turn.path("speaker").asText(),
                own == null ? at : own,
                turn.path("clean_text").asText(turn.path("text").asText(""))));
      }
    }
    List<Question> questions = new ArrayList<>();
    for (JsonNode qa : root.path("qa")) {
      List<String> ids = dialogueIds(qa.path("evidence"));
      if (!ids.isEmpty()) { // Without, nobody noted them; all of these questions have an answer.
        questions.add(
            new Question(qa.path("question").asText(), qa.path("category").asText(), ids));
      }
    }
    return new Conversation(name, turns, questions);
  }

  private static List<String> sessionNames(JsonNode sessions) {
    List<String> names = new ArrayList<>();
    sessions
        .fieldNames()
        .forEachRemaining(name -> {
          if (SESSION.matcher(name).matches()) {
            names.add(name);
          }
        });
    names.sort(Comparator.comparingInt(name -> Integer.parseInt(name.substring(8))));
    return names;
  }

  /// Written as `D1:3`, `D:1:03` or several in one string.
  private static List<String> dialogueIds(JsonNode evidence) {
    Set<String> ids = new LinkedHashSet<>();
    for (JsonNode one : evidence) {
      Matcher matcher = DIALOGUE_ID.matcher(one.asText());
      while (matcher.find()) {
        ids.add("D%d:%s".formatted(Integer.parseInt(matcher.group(1)), matcher.group(2)));
      }
    }
    return List.copyOf(ids);
  }

  private static Conversation beam(String name, JsonNode batches, JsonNode probes) {
    List<Turn> turns = new ArrayList<>();
    int session = 0;
    for (JsonNode batch : batches) {
      session++;
      Instant at = null;
      for (JsonNode group : batch.path("turns")) {
        for (JsonNode turn : group) {
          Instant anchor = instant(turn.path("time_anchor").asText(""));
          at = anchor == null ? at : anchor;
          turns.add(
              new Turn(
                  turn.path("id").asText(),
                  "batch_" + session,
                  role(turn.path("role").asText()),
                  null,
                  at,
                  turn.path("content").asText()));
        }
      }
    }
    List<Question> questions = new ArrayList<>();
    for (Map.Entry<String, JsonNode> category : probes.properties()) {
      for (JsonNode probe : category.getValue()) {
        Set<String> ids = new LinkedHashSet<>();
        addLeaves(probe.path("source_chat_ids"), ids);
        if (!ids.isEmpty() || category.getKey().equals(ABSTENTION)) {
          questions.add(
              new Question(probe.path("question").asText(), category.getKey(), List.copyOf(ids)));
        }
      }
    }
    return new Conversation(name, turns, questions);
  }

  private static void addLeaves(JsonNode node, Set<String> leaves) {
    if (node.isContainerNode()) {
      node.forEach(child -> addLeaves(child, leaves));
    } else if (!node.isMissingNode() && !node.isNull()) {
      leaves.add(node.asText());
    }
  }

  private static List<Conversation> lines(Path path, String text) {
    Map<String, List<Turn>> turns = new LinkedHashMap<>();
    Map<String, List<Question>> questions = new LinkedHashMap<>();
    int number = 0;
    for (String line : text.lines().toList()) {
      number++;
      if (!line.isBlank()) {
        JsonNode node = line(path, number, line);
        String conversation = node.path("conversation").asText("1");
        turns.computeIfAbsent(conversation, _ -> new ArrayList<>());
        questions.computeIfAbsent(conversation, _ -> new ArrayList<>());
        if (node.has("question")) {
          Set<String> ids = new LinkedHashSet<>();
          addLeaves(node.path("evidence"), ids);
          questions
              .get(conversation)
              .add(
                  new Question(
                      node.path("question").asText(),
                      node.path("category").asText("all"),
                      List.copyOf(ids)));
        } else {
          turns.get(conversation).add(turn(node));
        }
      }
    }
    return turns.entrySet().stream()
        .map(one ->
            new Conversation(
                one.getKey(), one.getValue(), questions.getOrDefault(one.getKey(), List.of())))
        .toList();
  }

  private static JsonNode line(Path path, int number, String line) {
    try {
      JsonNode node = Json.parse(line);
      if (node.has("question") || (node.has("id") && node.has("text"))) {
        return node;
      }
    } catch (JsonProcessingException _) {
      // Said below.
    }
    throw wrong(path, "has neither a turn (id, text) nor a question in line " + number);
  }

  private static Turn turn(JsonNode node) {
    return new Turn(
        node.path("id").asText(),
        node.path("session").asText("1"),
        role(node.path("role").asText("user")),
        node.hasNonNull("speaker") ? node.path("speaker").asText() : null,
        instant(node.path("at").asText("")),
        node.path("text").asText());
  }

  private static Author role(String role) {
    return role.equals("assistant") ? Author.ASSISTANT : Author.USER;
  }

  /// The day that `text` tells, as one of the formats writes it; null where it tells none.
  private static @Nullable Instant instant(String text) {
    // LoCoMo writes `1:56 pm on 8 May, 2023`, REALTALK `29.12.2023, 17:43:02`.
    String day = text.substring(text.indexOf(" on ") < 0 ? 0 : text.indexOf(" on ") + 4);
    String start = day.contains(".") ? day.substring(0, Math.min(10, day.length())) : day;
    for (DateTimeFormatter format : DAYS) {
      try {
        return LocalDate.parse(start, format).atStartOfDay(ZoneOffset.UTC).toInstant();
      } catch (DateTimeException _) {
        // The next one may fit.
      }
    }
    return null;
  }

  private static DateTimeFormatter day(String pattern) {
    return new DateTimeFormatterBuilder()
        .parseCaseInsensitive()
        .appendPattern(pattern)
        .toFormatter(Locale.ENGLISH);
  }

  private static InvalidInput wrong(Path path, String problem) {
    return new InvalidInput(
        "dataset",
        "%s %s".formatted(path, problem),
        "Pass a file or folder of REALTALK, LoCoMo, BEAM, or JSON lines; see docs/retrieval.md.");
  }
}
