package dev.agenticmemory.engine;

import static dev.agenticmemory.engine.LifecycleFixture.AGENTS;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import dev.agenticmemory.cron.Cron;
import dev.agenticmemory.domain.AgentId;
import dev.agenticmemory.domain.HistoryEntry;
import dev.agenticmemory.domain.Memory;
import dev.agenticmemory.domain.MemoryId;
import dev.agenticmemory.llm.LanguageModel;
import dev.agenticmemory.llm.PromptedModel;
import dev.agenticmemory.llm.Prompts;
import dev.agenticmemory.llm.ScriptedModel;
import dev.agenticmemory.llm.openai.OpenAiChat;
import dev.agenticmemory.schedule.Timetable;
import dev.agenticmemory.schedule.Turns;
import dev.agenticmemory.store.MemoryStore;
import dev.agenticmemory.store.Selection;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A month of three agents: 40 entries a day each, jobs by the timetable, a real client of a model
/// that fails on every tenth call, a machine that is off for three nights, and a process that dies
/// once in each job. Then every entry of the diaries is asked after.
final class MonthSimulation {

  private static final int DAYS = 30;
  private static final int ENTRIES_A_DAY = 40;
  private static final double FAULTS = 0.1;
  private static final LocalDate FIRST = LocalDate.parse("2026-03-01");
  private static final Instant OFF = Instant.parse("2026-03-10T20:00:00Z");
  private static final Instant ON = Instant.parse("2026-03-13T20:00:00Z");
  private static final Map<Instant, Job> CRASHES =
      Map.of(
          Instant.parse("2026-03-05T14:00:00Z"), Job.DIGEST,
          Instant.parse("2026-03-17T01:00:00Z"), Job.SYNC,
          Instant.parse("2026-03-20T02:00:00Z"), Job.DREAM);

  private static final Pattern THING = Pattern.compile("thing[a-z]+");
  private static final Pattern COLOUR = Pattern.compile("crimson|azure|amber");
  private static final List<String> COLOURS = List.of("crimson", "azure", "amber");
  private static final List<String> PLACES =
      List.of("Lisbon", "Porto", "Berlin", "Oslo", "Quito", "Hanoi", "Accra", "Lima");

  @TempDir Path folder;
  private final Random random = new Random(20260301);
  private final Random fate = new Random(7);

  /// What was written: the words of each entry by its thing, in order.
  private final Map<String, List<String>> written = new LinkedHashMap<>();

  /// Every short-term memory that was ever there, with its first text.
  private final Map<MemoryId, String> seen = new HashMap<>();

  private final Map<AgentId, StringBuilder> open = new HashMap<>();
  private final List<Job> crashed = new ArrayList<>();
  private int things;

  @Test
  void afterAMonthOfFaultsEveryEntryIsAccountedFor() {
    try (ScriptedModel server = new ScriptedModel()) {
      server.otherwise(exchange -> answer(exchange, question(server)));
      LifecycleFixture jobs = fixture(server, UnaryOperator.identity());
      Instant end = FIRST.plusDays(DAYS).atTime(3, 0).toInstant(ZoneOffset.UTC);
      for (Instant hour = FIRST.atStartOfDay().toInstant(ZoneOffset.UTC);
          hour.isBefore(end);
          hour = hour.plus(Duration.ofHours(1))) {
        jobs.at(hour.minusSeconds(30));
        write(jobs);
        boolean off = hour.isAfter(OFF) && hour.isBefore(ON);
        Job dying = CRASHES.get(hour);
        if (dying != null) {
          jobs = crash(jobs, server, dying, hour);
        }
        jobs.at(hour);
        if (!off) {
          run(jobs);
          remember(jobs);
        }
      }
      audit(jobs);
      assertThat(crashed).containsExactlyInAnyOrder(Job.DIGEST, Job.SYNC, Job.DREAM);
      assertThat(server.asked().size()).as("calls of the model").isLessThan(3_000);
      settle(jobs);
      int calls = server.asked().size();
      jobs.dream();
      jobs.lifecycle.sync().run(false, _ -> {});
      assertThat(server.asked()).as("a second run asks nothing").hasSize(calls);
      jobs.close();
    }
  }

  /// Runs until a night is clean, which by chance the last one was not.
  private static void settle(LifecycleFixture jobs) {
    for (int i = 0; i < 50 && !jobs.dream().isClean(); i++) {
      jobs.pass(Duration.ofMinutes(1));
    }
    for (int i = 0; i < 50 && !jobs.lifecycle.sync().run(false, _ -> {}).isClean(); i++) {
      jobs.pass(Duration.ofMinutes(1));
    }
  }

  private LifecycleFixture fixture(ScriptedModel server, UnaryOperator<MemoryStore> around) {
    OpenAiChat chat =
        new OpenAiChat(
            server.openAiUrl(),
            "sk-test",
            "scripted",
            Duration.ofSeconds(20),
            Map.of(),
            Clock.systemUTC());
    LanguageModel model = new PromptedModel(chat, Prompts.read(null, null));
    return new LifecycleFixture(folder, model, around);
  }

  private static void run(LifecycleFixture jobs) {
    Timetable timetable = new Timetable(new Turns(jobs.store, jobs.clock, "the simulation"));
    for (Timetable.Entry entry : entries(jobs)) {
      timetable.step(entry);
    }
  }

  private static List<Timetable.Entry> entries(LifecycleFixture jobs) {
    return List.of(
        new Timetable.Entry(Job.DIGEST, Cron.parse("*/15 * * * *"), jobs::digest),
        new Timetable.Entry(
            Job.SYNC, Cron.parse("0 1 * * *"), () -> jobs.lifecycle.sync().run(false, _ -> {})),
        new Timetable.Entry(Job.DREAM, Cron.parse("0 2 * * *"), jobs::dream));
  }

  /// The process dies in this job at a step that chance chooses, and another one starts.
  private LifecycleFixture crash(
      LifecycleFixture before, ScriptedModel server, Job job, Instant hour) {
    before.close();
    int step = 10 + fate.nextInt(20);
    LifecycleFixture dying = fixture(server, DyingStore.at(step, fate.nextBoolean()));
    dying.at(hour);
    try {
      switch (job) {
        case DIGEST -> dying.digest();
        case SYNC -> dying.lifecycle.sync().run(false, _ -> {});
        case DREAM -> dying.dream();
      }
    } catch (DyingStore.Killed _) {
      crashed.add(job);
    }
    dying.close();
    return fixture(server, UnaryOperator.identity());
  }

  /// The entries of one hour of each agent, and from time to time its notes.
  private void write(LifecycleFixture jobs) {
    LocalDate day = jobs.today();
    int hour = jobs.now().atZone(ZoneOffset.UTC).getHour();
    for (AgentId agent : AGENTS) {
      if (hour == 0) {
        open.put(agent, new StringBuilder("# " + day + " - " + agent + " 日记\n\n## Session 记录\n\n"));
        jobs.write(
            jobs.notes(agent),
            "# Notes\n\n## Standing\n- Agent %s cares for garden %d\n- Speaks with %s\n"
                .formatted(agent, day.getDayOfMonth() / 10, agent));
      }
      StringBuilder diary = open.computeIfAbsent(agent, _ -> new StringBuilder());
      int from = ENTRIES_A_DAY * hour / 24;
      int to = ENTRIES_A_DAY * (hour + 1) / 24;
      for (int i = from; i < to; i++) {
        diary.append(
            "### [%02d:%02d] Session %s:abc\n- Boss: %s\n- %s: Noted.\n\n"
                .formatted(hour, i % 60, agent, sentence(agent), agent));
      }
      jobs.write(jobs.diary(agent, day), diary.toString(), jobs.now().minus(Duration.ofMinutes(5)));
    }
  }

  /// Something new, something said before, or something that has changed.
  private String sentence(AgentId agent) {
    List<String> known =
        written.keySet().stream().filter(thing -> thing.endsWith(agent.value())).toList();
    int kind = random.nextInt(10);
    String thing =
        kind < 7 || known.isEmpty()
            ? "thing" + letters(things++) + agent.value()
            : known.get(random.nextInt(known.size()));
    List<String> said = written.computeIfAbsent(thing, _ -> new ArrayList<>());
    String colour = said.isEmpty() || kind == 9 ? one(COLOURS) : colour(said.getLast());
    String sentence =
        "%s in %s is painted %s, number %d".formatted(thing, one(PLACES), colour, said.size());
    said.add(sentence);
    return sentence;
  }

  private <T> T one(List<T> of) {
    return of.get(random.nextInt(of.size()));
  }

  private static String letters(int number) {
    StringBuilder letters = new StringBuilder();
    for (char digit : Integer.toString(number).toCharArray()) {
      letters.append((char) ('a' + digit - '0'));
    }
    return letters + "z";
  }

  private static String colour(String text) {
    Matcher colour = COLOUR.matcher(text);
    return colour.find() ? colour.group() : "";
  }

  private static Optional<String> thing(String text) {
    Matcher thing = THING.matcher(text);
    return thing.find() ? Optional.of(thing.group()) : Optional.empty();
  }

  private void remember(LifecycleFixture jobs) {
    for (Memory memory : jobs.memories(new Selection.Runs.All(), null)) {
      if (memory.scope().run() != null) {
        seen.putIfAbsent(memory.id(), memory.text());
      }
    }
  }

  /// What the model answers: it takes every sentence for a fact, and knows a thing by its name.
  private void answer(HttpExchange exchange, String question) throws IOException {
    double luck = fate.nextDouble();
    if (luck < FAULTS / 3) {
      ScriptedModel.status(503, "{}").meet(exchange);
    } else if (luck < 2 * FAULTS / 3) {
      ScriptedModel.reset().meet(exchange);
    } else if (luck < FAULTS) {
      ScriptedModel.says("I would rather talk about the weather.").meet(exchange);
    } else if (question.contains("New facts:")) {
      ScriptedModel.decides(decisions(question)).meet(exchange);
    } else {
      ScriptedModel.facts(facts(question)).meet(exchange);
    }
  }

  /// What was asked last: there is one question at a time.
  private static String question(ScriptedModel server) {
    JsonNode messages = server.asked().getLast().json().path("messages");
    return messages.path(messages.size() - 1).path("content").asText();
  }

  private static Object[] facts(String question) {
    return question
        .lines()
        .filter(line -> line.startsWith("user: "))
        .map(line -> line.substring("user: ".length()))
        .filter(line -> thing(line).isPresent())
        .toArray();
  }

  private static ObjectNode[] decisions(String question) {
    int middle = question.indexOf("New facts:");
    List<String> memories = numbered(question.substring(0, middle));
    List<String> facts = numbered(question.substring(middle));
    List<ObjectNode> decisions = new ArrayList<>();
    for (int i = 0; i < facts.size(); i++) {
      String fact = facts.get(i);
      Optional<String> thing = thing(fact);
      for (int m = 0; thing.isPresent() && m < memories.size(); m++) {
        String memory = memories.get(m);
        if (thing.equals(thing(memory))) {
          boolean same = colour(memory).equals(colour(fact));
          String text = memory.replace(colour(memory), colour(fact));
          decisions.add(ScriptedModel.decision(i + 1, same ? "NONE" : "UPDATE", m + 1, text));
          break;
        }
      }
    }
    return decisions.toArray(ObjectNode[]::new);
  }

  private static List<String> numbered(String text) {
    return text.lines().filter(line -> line.matches("\\d+\\. .*")).toList();
  }

  private void audit(LifecycleFixture jobs) {
    Map<String, List<Memory>> longTerm = new HashMap<>();
    for (Memory memory : jobs.memories(new Selection.Runs.LongTerm(), null)) {
      thing(memory.text())
          .ifPresent(thing -> longTerm.computeIfAbsent(thing, _ -> new ArrayList<>()).add(memory));
    }
    Map<String, List<MemoryId>> byWords = new HashMap<>();
    seen.forEach((id, text) ->
        thing(text)
            .ifPresent(_ -> byWords.computeIfAbsent(words(text), _ -> new ArrayList<>()).add(id)));
    List<String> unexplained = new ArrayList<>();
    int entries = 0;
    for (Map.Entry<String, List<String>> thing : written.entrySet()) {
      for (String sentence : thing.getValue()) {
        entries++;
        List<MemoryId> memories = byWords.getOrDefault(sentence, List.of());
        if (memories.size() != 1) {
          unexplained.add(sentence + ": is " + memories.size() + " short-term memories");
        } else {
          explain(jobs, sentence, memories.getFirst()).ifPresent(unexplained::add);
        }
      }
    }
    assertThat(unexplained).isEmpty();
    assertThat(entries).isBetween(DAYS * ENTRIES_A_DAY * 3, DAYS * ENTRIES_A_DAY * 3 + 50);
    assertThat(longTerm.keySet().size()).isGreaterThan(written.size() * 9 / 10);
  }

  private static String words(String entry) {
    int from = entry.indexOf("- Boss: ") + "- Boss: ".length();
    int to = entry.indexOf('\n', from);
    return to < 0 ? entry.substring(from) : entry.substring(from, to);
  }

  /// Why an entry is not accounted for; empty where it is.
  private static Optional<String> explain(LifecycleFixture jobs, String sentence, MemoryId id) {
    if (jobs.store.find(id).isPresent()) {
      return Optional.empty(); // Still in short-term memory.
    }
    String thing = thing(sentence).orElseThrow();
    MemoryId at = id;
    for (int i = 0; i < 100; i++) {
      List<HistoryEntry> history = jobs.store.history(at);
      MemoryId into = history.getLast().related();
      if (into == null) {
        return Optional.of(sentence + ": ended with " + history.getLast());
      }
      Optional<Memory> live = jobs.store.find(into);
      if (live.isPresent()) {
        return live.get().text().contains(thing)
            ? Optional.empty()
            : Optional.of(sentence + ": is said to be in " + live.get().text());
      }
      at = into;
    }
    return Optional.of(sentence + ": goes round in circles");
  }
}
