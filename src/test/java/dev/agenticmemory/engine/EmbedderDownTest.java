package dev.agenticmemory.engine;

import static dev.agenticmemory.engine.InferenceFixture.CALLER;
import static dev.agenticmemory.llm.ScriptedModel.facts;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.agenticmemory.domain.Filter;
import dev.agenticmemory.domain.Metadata;
import dev.agenticmemory.domain.Unavailable;
import dev.agenticmemory.store.Selection;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The provider of the embedding model is away.
final class EmbedderDownTest {

  @TempDir Path folder;
  private InferenceFixture fixture;

  @BeforeEach
  void open() {
    fixture = new InferenceFixture(folder);
  }

  @AfterEach
  void close() {
    fixture.close();
  }

  @Test
  void anInputWaitsAndIsFoundByItsWords() {
    fixture.embedder.down = true;
    fixture.model.then(facts("User lives in Berlin"));

    Added added = fixture.add("I live in Berlin");

    assertThat(added.status()).isEqualTo(Added.Status.PENDING);
    Found found = search("berlin");
    assertThat(found.hits())
        .extracting(hit -> hit.memory().text())
        .containsExactly("I live in Berlin");
    assertThat(found.note()).contains("words alone");
  }

  @Test
  void onceItIsBackTheInputIsDone() {
    fixture.embedder.down = true;
    fixture.model.then(facts("User lives in Berlin"));
    fixture.add("I live in Berlin");

    fixture.embedder.down = false;
    fixture.model.then(facts("User lives in Berlin"));
    fixture.pass(Duration.ofMinutes(10));
    fixture.work();

    assertThat(fixture.texts()).containsExactly("User lives in Berlin");
    assertThat(search("berlin").note()).isNull();
  }

  @Test
  void whatIsToBeKeptWordForWordIsRefusedAndChangesNothing() {
    fixture.embedder.down = true;
    AddRequest request =
        new AddRequest(
            new Input.Text("tea"),
            null,
            null,
            null,
            false,
            null,
            Metadata.EMPTY,
            null,
            null,
            null,
            null);
    assertThatThrownBy(() -> fixture.engine.addMemory().add(CALLER, request))
        .isInstanceOf(Unavailable.class);
    assertThat(fixture.memories()).isEqualTo(List.of());
  }

  private Found search(String query) {
    return fixture
        .engine
        .searchMemories()
        .search(
            CALLER,
            new SearchRequest(
                query, null, null, new Selection.Runs.LongTerm(), 5, 0, Filter.ALL, null, false));
  }
}
