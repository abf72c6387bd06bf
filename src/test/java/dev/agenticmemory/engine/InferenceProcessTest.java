package dev.agenticmemory.engine;

import static dev.agenticmemory.llm.ScriptedModel.decides;
import static dev.agenticmemory.llm.ScriptedModel.decision;
import static dev.agenticmemory.llm.ScriptedModel.facts;
import static org.assertj.core.api.Assertions.assertThat;

import dev.agenticmemory.domain.Memory;
import dev.agenticmemory.domain.Stage;
import dev.agenticmemory.llm.ScriptedModel;
import java.io.BufferedReader;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Real processes that are killed with signal 9 between any two steps of an add, and four that add
/// the same at once.
final class InferenceProcessTest {

  private static final int STEPS_MAX = 80;
  private static final String INPUT = "I live in Paris with my dog Rex";

  @TempDir Path folder;

  @ParameterizedTest
  @CsvSource({"false,-", "true,key"})
  void afterAKillBetweenAnyTwoStepsTheResultIsTheSameAndStoredOnce(boolean after, String key)
      throws Exception {
    int kills = 0;
    for (int step = 1; step < STEPS_MAX; step++) {
      Path home = folder.resolve("s" + step);
      try (ScriptedModel model = answering()) {
        if (!killedAt(home, model, key, step, after)) {
          break;
        }
        kills++;
        requireStoredOnce(home, key, step);
      }
    }
    assertThat(kills).as("an add has steps, and an end").isBetween(10, STEPS_MAX - 2);
  }

  /// Whether the process was killed, and not done before.
  private static boolean killedAt(
      Path home, ScriptedModel model, String key, int step, boolean after) throws Exception {
    try (InferenceFixture before = new InferenceFixture(home)) {
      before.model.then(facts("User lives in Berlin"));
      before.add("I live in Berlin");
    }
    Process child = InferenceChild.start(home, model.url(), INPUT, key, step, after);
    try (BufferedReader said = ChildProcess.said(child)) {
      assertThat(said.readLine()).isEqualTo("ready");
      ChildProcess.go(child);
      boolean stopped = "here".equals(said.readLine());
      child.destroyForcibly().waitFor();
      return stopped;
    }
  }

  private static void requireStoredOnce(Path home, String key, int step) {
    String sameKey = key.equals("-") ? null : key;
    try (InferenceFixture next = new InferenceFixture(home)) {
      answer(next.model);
      next.pass(Duration.ofHours(1)); // The lease of the dead runs out.
      next.work();
      // The caller heard nothing and sends it again.
      next.add(new Input.Text(INPUT), sameKey);
      next.pass(Duration.ofHours(1));
      next.work();
      assertThat(next.texts())
          .as("after a kill at step %d", step)
          .containsExactlyInAnyOrder("User lives in Paris", "User has a dog named Rex");
      Memory moved =
          next.memories().stream()
              .filter(m -> m.text().endsWith("Paris"))
              .findFirst()
              .orElseThrow();
      assertThat(moved.version()).isEqualTo(2);
      assertThat(next.store.history(moved.id())).hasSize(2);
      assertThat(next.memories()).allMatch(m -> m.content().stage() == Stage.SETTLED);
      assertThat(next.store.tasks(Ingest.WAITING, 10)).isEmpty();
      assertThat(next.store.tasks(Ingest.FAILED, 10)).isEmpty();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"-", "key"})
  void theSameInputFromFourProcessesAtOnceIsStoredOnce(String key) throws Exception {
    List<Process> children = new ArrayList<>();
    try (ScriptedModel model = answering()) {
      for (int i = 0; i < 4; i++) {
        children.add(
            InferenceChild.start(folder, model.url(), INPUT, key, InferenceChild.NEVER, false));
      }
      List<BufferedReader> said = children.stream().map(ChildProcess::said).toList();
      for (BufferedReader one : said) {
        assertThat(one.readLine()).isEqualTo("ready");
      }
      for (Process child : children) {
        ChildProcess.go(child);
      }
      for (BufferedReader one : said) {
        assertThat(one.readLine()).isEqualTo("done");
      }
    } finally {
      children.forEach(Process::destroyForcibly);
    }
    try (InferenceFixture after = new InferenceFixture(folder)) {
      assertThat(after.texts())
          .containsExactlyInAnyOrder("User lives in Paris", "User has a dog named Rex");
      assertThat(after.memories()).allMatch(memory -> memory.version() == 1);
    }
  }

  /// Says the same as often as it is asked.
  private static ScriptedModel answering() {
    ScriptedModel model = new ScriptedModel();
    answer(model);
    return model;
  }

  private static void answer(ScriptedModel model) {
    for (int i = 0; i < 20; i++) {
      model.then(exchange -> {
        boolean deciding = model.asked().getLast().body().contains("New facts:");
        (deciding
                ? decides(
                    decision(1, "UPDATE", 1, "User lives in Paris"), decision(2, "ADD", 0, ""))
                : facts("User lives in Paris", "User has a dog named Rex"))
            .meet(exchange);
      });
    }
  }
}
