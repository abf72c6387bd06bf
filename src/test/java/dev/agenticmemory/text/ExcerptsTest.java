package dev.agenticmemory.text;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class ExcerptsTest {

  private static final String FILLER = "Nothing of interest was said about it at all. ".repeat(40);

  @Test
  void aShortTextIsReadWhole() {
    assertThat(Excerpts.of("Ann likes tea", Set.of("milk"), 100)).isEqualTo("Ann likes tea");
  }

  @Test
  void ofALongTextThePartWithMostOfTheWordsIsRead() {
    String text =
        FILLER + "Tea is drunk here. " + FILLER + "Green tea with milk, please. " + FILLER;
    assertThat(Excerpts.of(text, Set.copyOf(Words.ofQuery("green tea with milk")), 200))
        .contains("Green tea with milk")
        .startsWith("… ")
        .endsWith(" …")
        .hasSizeLessThanOrEqualTo(200);
  }

  @Test
  void whereNoWordIsFoundTheBeginningIsRead() {
    assertThat(Excerpts.of("First. " + FILLER, Set.of("milk"), 200)).startsWith("First.");
  }

  @ParameterizedTest
  @ValueSource(strings = {"x", "漢", "\uD83D\uDE00"})
  void aTextWithoutAnyBorderIsCutBetweenCharacters(String character) {
    String excerpt = Excerpts.of(character.repeat(3_000), Set.of(), 100);
    assertThat(excerpt).isNotEmpty().hasSizeLessThanOrEqualTo(100);
    assertThat(excerpt.replace(character, "").replace("…", "")).isBlank();
  }
}
