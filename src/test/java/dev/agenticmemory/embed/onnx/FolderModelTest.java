package dev.agenticmemory.embed.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.agenticmemory.domain.Embedding;
import dev.agenticmemory.domain.EmbeddingSpace;
import dev.agenticmemory.domain.Unavailable;
import dev.agenticmemory.domain.Unicode;
import dev.agenticmemory.embed.Embedder;
import dev.agenticmemory.embed.Embedder.Purpose;
import java.io.IOException;
import java.io.InputStream;
import java.lang.Character.UnicodeScript;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A model of the user's in a folder: here the one that comes with the program, put into one.
final class FolderModelTest {

  private static final EmbeddingSpace SPACE = new EmbeddingSpace("mine", 384);
  private static final List<String> TEXT = List.of("Ann likes green tea");

  @TempDir Path folder;

  @BeforeEach
  void putTheModelThere() throws IOException {
    copy("all-minilm-l6-v2-q.onnx", "model.onnx");
    copy("all-minilm-l6-v2-q-tokenizer.json", "tokenizer.json");
  }

  private void copy(String resource, String file) throws IOException {
    try (InputStream in =
        Objects.requireNonNull(FolderModelTest.class.getResourceAsStream("/" + resource))) {
      Files.copy(in, folder.resolve(file));
    }
  }

  private OnnxEmbedder mine(boolean cls, String textPrefix, String queryPrefix) {
    return new OnnxEmbedder(
        SPACE, new OnnxEmbedder.Folder(folder, cls, textPrefix, queryPrefix), natives());
  }

  private Path natives() {
    return folder.resolve("native");
  }

  @Test
  void whatIsNotBlankHasAVector() {
    try (Embedder model = mine(false, "", "")) {
      for (int c : characters()) {
        String text = Character.toString(c);
        if (!Unicode.isBlank(text)) {
          assertThat(model.embed(List.of(text), Purpose.STORE)).as("U+%04X", c).hasSize(1);
        }
      }
    }
  }

  /// Some of each kind that Unicode knows.
  private static List<Integer> characters() {
    Map<Integer, List<Integer>> kinds = new HashMap<>();
    for (int c = 0; c <= Character.MAX_CODE_POINT; c++) {
      List<Integer> kind = kinds.computeIfAbsent(Character.getType(c), _ -> new ArrayList<>());
      if (kind.size() < 40 || c % 9_973 == 0) {
        kind.add(c);
      }
    }
    return kinds.values().stream().flatMap(List::stream).toList();
  }

  @Test
  void itsVectorsAreThoseOfTheModel() {
    try (Embedder bundled = new OnnxEmbedder(OnnxEmbedder.Model.ALL_MINILM_L6_V2_Q, natives());
        Embedder mine = mine(false, "", "")) {
      assertThat(mine.space()).isEqualTo(SPACE);
      assertThat(mine.embed(TEXT, Purpose.STORE).getFirst().cosine(of(bundled)))
          .isGreaterThan(0.999);
    }
  }

  @Test
  void theFirstTokenGivesOtherVectorsThanTheMean() {
    try (Embedder mean = mine(false, "", "");
        Embedder cls = mine(true, "", "")) {
      assertThat(of(mean).cosine(of(cls))).isLessThan(0.99);
    }
  }

  @Test
  void eachPurposeHasItsPrefix() {
    try (Embedder plain = mine(false, "", "");
        Embedder prefixed = mine(false, "passage:", "query:")) {
      assertThat(prefixed.embed(TEXT, Purpose.STORE))
          .isEqualTo(plain.embed(List.of("passage: " + TEXT.getFirst()), Purpose.STORE));
      assertThat(prefixed.embed(TEXT, Purpose.SEARCH))
          .isEqualTo(plain.embed(List.of("query: " + TEXT.getFirst()), Purpose.SEARCH));
    }
  }

  @Test
  void itIsTrustedToReadEveryScript() {
    try (Embedder mine = mine(false, "", "")) {
      assertThat(mine.reads(UnicodeScript.HAN)).isTrue();
    }
  }

  @Test
  void aFileThatIsNoModelIsUnavailableWithAHint() throws IOException {
    Files.writeString(folder.resolve("model.onnx"), "not a model");
    try (Embedder mine = mine(false, "", "")) {
      assertThatThrownBy(() -> mine.embed(TEXT, Purpose.STORE)).isInstanceOf(Unavailable.class);
    }
  }

  private static Embedding of(Embedder embedder) {
    return embedder.embed(TEXT, Purpose.STORE).getFirst();
  }
}
