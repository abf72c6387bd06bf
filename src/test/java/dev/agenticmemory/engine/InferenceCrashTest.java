package dev.agenticmemory.engine;

import static dev.agenticmemory.llm.ScriptedModel.decides;
import static dev.agenticmemory.llm.ScriptedModel.decision;
import static dev.agenticmemory.llm.ScriptedModel.facts;
import static org.assertj.core.api.Assertions.assertThat;

import dev.agenticmemory.domain.Memory;
import dev.agenticmemory.domain.Stage;
import dev.agenticmemory.llm.ScriptedModel;
import dev.agenticmemory.llm.ScriptedModel.Reaction;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// A process that ends between any two steps of an add, and several that do the same at once.
final class InferenceCrashTest {

  /// More calls of the store than one add makes.
  private static final int STEPS_MAX = 80;

  @TempDir Path folder;

  private static Reaction[] script() {
    return new Reaction[] {
      facts("User lives in Paris", "User has a dog named Rex"),
      decides(decision(1, "UPDATE", 1, "User lives in Paris"), decision(2, "ADD", 0, "")),
    };
  }

  private static final String INPUT = "I live in Paris with my dog Rex";

  @ParameterizedTest
  @CsvSource({"false,false", "true,false", "false,true", "true,true"})
  void afterAKillBetweenAnyTwoStepsTheResultIsTheSameAndStoredOnce(boolean after, boolean keyed) {
    int step = 1;
    boolean killed = true;
    while (killed && step < STEPS_MAX) {
      killed = killedAt(folder.resolve("s" + step + after + keyed), step, after, keyed);
      step++;
    }
    assertThat(killed).as("an add ends").isFalse();
    assertThat(step).as("an add has steps").isGreaterThan(10);
  }

  private static boolean killedAt(Path home, int step, boolean after, boolean keyed) {
    String key = keyed ? "key" : null;
    try (InferenceFixture first = new InferenceFixture(home)) {
      first.model.then(facts("User lives in Berlin"));
      first.add("I live in Berlin");
    }
    boolean killed = false;
    InferenceFixture dying =
        new InferenceFixture(home, play(), DyingStore.at(step, after), InferenceFixture.CALL_MAX);
    try {
      dying.add(new Input.Text(INPUT), key);
    } catch (DyingStore.Killed _) {
      killed = true;
    }
    dying.close();
    try (InferenceFixture next =
        new InferenceFixture(home, play(), UnaryOperator.identity(), InferenceFixture.CALL_MAX)) {
      next.pass(Duration.ofHours(1)); // The lease of the dead runs out.
      next.work();
      // The caller heard nothing and sends it again.
      next.add(new Input.Text(INPUT), key);
      next.pass(Duration.ofHours(1));
      next.work();
      requireStoredOnce(next, step);
    }
    return killed;
  }

  /// The same answers as often as they are wanted.
  private static ScriptedModel play() {
    ScriptedModel model = new ScriptedModel();
    for (int i = 0; i < 4; i++) {
      model.then(exchange -> {
        boolean deciding = model.asked().getLast().body().contains("New facts:");
        script()[deciding ? 1 : 0].meet(exchange);
      });
    }
    return model;
  }

  private static void requireStoredOnce(InferenceFixture fixture, int step) {
    assertThat(fixture.texts())
        .as("after a kill at step %d", step)
        .containsExactlyInAnyOrder("User lives in Paris", "User has a dog named Rex");
    Memory moved =
        fixture.memories().stream()
            .filter(memory -> memory.text().endsWith("Paris"))
            .findFirst()
            .orElseThrow();
    assertThat(moved.version()).isEqualTo(2);
    assertThat(fixture.store.history(moved.id())).hasSize(2);
    assertThat(fixture.memories()).allMatch(m -> m.content().stage() == Stage.SETTLED);
    assertThat(fixture.store.tasks(Ingest.WAITING, 10)).isEmpty();
    assertThat(fixture.store.tasks(Ingest.FAILED, 10)).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      value = {"null", "key"},
      nullValues = "null")
  void theSameInputFromFourAtOnceIsStoredOnce(String key) throws Exception {
    List<InferenceFixture> processes = new ArrayList<>();
    try (ExecutorService threads = Executors.newFixedThreadPool(4)) {
      for (int i = 0; i < 4; i++) {
        ScriptedModel model =
            new ScriptedModel()
                .then(facts("User lives in Paris"))
                .then(facts("User lives in Paris"));
        processes.add(
            new InferenceFixture(
                folder, model, UnaryOperator.identity(), InferenceFixture.CALL_MAX));
      }
      List<Callable<Added>> calls = new ArrayList<>();
      processes.forEach(p -> calls.add(() -> p.add(new Input.Text("I live in Paris"), key)));
      for (var future : threads.invokeAll(calls)) {
        assertThat(future.get().items()).isNotEmpty();
      }
      processes.forEach(InferenceFixture::work);
      assertThat(processes.getFirst().texts()).containsExactly("User lives in Paris");
      assertThat(processes.getFirst().memories().getFirst().version()).isEqualTo(1);
    } finally {
      processes.forEach(InferenceFixture::close);
    }
  }

  @Test
  void anAnswerOfAProcessThatLostItsLeaseChangesNothing() {
    try (InferenceFixture slow = new InferenceFixture(folder);
        InferenceFixture quick = new InferenceFixture(folder)) {
      quick.model.then(facts("User lives in Paris"));
      slow.model.then(exchange -> {
        quick.pass(Duration.ofHours(2));
        quick.work();
        facts("User lives in London Paris").meet(exchange);
      });
      slow.add("I live in Paris");
      assertThat(slow.texts()).containsExactly("User lives in Paris");
    }
  }
}
