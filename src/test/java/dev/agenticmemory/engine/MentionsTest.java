package dev.agenticmemory.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class MentionsTest {

  private static final List<String> PAIR = List.of("Caroline", "Melanie");
  private static final List<String> CHAT = List.of("user", "assistant");

  @Test
  void aNameMeansItsSpeaker() {
    Mentions mentions = Mentions.in("What is caroline's identity?", PAIR);
    assertThat(mentions.speakers()).containsExactly("Caroline");
    assertThat(mentions.bonus("Caroline")).isEqualTo(1);
    assertThat(mentions.bonus("Melanie")).isZero();
  }

  @Test
  void aNameIsAskedForInTheFirstPerson() {
    String query = "What did Caroline say about Caroline's dog?";
    assertThat(Mentions.in(query, PAIR).inFirstPerson(query))
        .isEqualTo("What did I say about my dog?");
  }

  @Test
  void aCapitalisedNameMayBeMisspelt() {
    assertThat(Mentions.in("Where does Melany live?", PAIR).speakers()).containsExactly("Melanie");
    assertThat(Mentions.in("Where does melany live?", PAIR).speakers()).isEmpty();
  }

  @Test
  void iMeansTheUserButIsNoEvidence() {
    Mentions mentions = Mentions.in("What did I order?", CHAT);
    assertThat(mentions.bonus("user")).isZero();
    assertThat(mentions.bonus("assistant")).isEqualTo(-1);
    assertThat(mentions.names()).isEmpty();
  }

  @Test
  void everybodyIsNobodyInParticular() {
    assertThat(Mentions.in("How do Caroline and Melanie know each other?", PAIR).telling())
        .isFalse();
    assertThat(Mentions.in("What did I order?", List.of("user")).telling()).isFalse();
  }

  @Test
  void rolesAreNotNames() {
    assertThat(Mentions.in("What did the assistant recommend?", CHAT).speakers()).isEmpty();
  }

  @Test
  void aNameThatIsAFunctionWordNeedsItsCapital() {
    List<String> speakers = List.of("Will", "Ann");
    assertThat(Mentions.in("When will it rain?", speakers).speakers()).isEmpty();
    assertThat(Mentions.in("What does Will like?", speakers).speakers()).containsExactly("Will");
  }

  @Test
  void namesAreFoundWhereWordsAreNotSeparated() {
    assertThat(Mentions.in("小明喜欢什么", List.of("小明", "小红")).speakers()).containsExactly("小明");
  }

  @Test
  void accentsDoNotHideAName() {
    assertThat(Mentions.in("where is Zoe", List.of("Zoë", "Ann")).speakers())
        .containsExactly("Zoë");
  }
}
