package dev.agenticmemory.openclaw;

import static org.assertj.core.api.Assertions.assertThat;

import dev.agenticmemory.engine.Workspace.Entry;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class DiaryTest {

  private static final LocalDate DAY = LocalDate.parse("2026-03-01");
  private static final Instant CHANGED = Instant.parse("2026-03-01T12:00:00Z");

  @Test
  void whatAPluginWritesIsReadEntryByEntry() {
    List<Entry> entries =
        entries(
            """
            # 2026-03-01 - Dev Agent 日记

            ## Session 记录

            ### [09:15] Session dev:abc123
            - Boss: I moved to Lisbon
            - dev: Noted.

            ### [10:30] Session dev:abc123
            - Boss: 明天开会
            - dev: 好的
            """);
    assertThat(entries)
        .extracting(Entry::text)
        .containsExactly(
            "[09:15]\n- Boss: I moved to Lisbon\n- dev: Noted.",
            "[10:30]\n- Boss: 明天开会\n- dev: 好的");
    assertThat(entries)
        .extracting(Entry::at)
        .containsExactly(
            Instant.parse("2026-03-01T09:15:00Z"), Instant.parse("2026-03-01T10:30:00Z"));
    assertThat(entries).extracting(Entry::session).containsOnly("dev:abc123");
  }

  @Test
  void onlyTheLastEntryMayStillBeWritten() {
    assertThat(entries("### [09:00] Session a:b\n- Boss: one\n### [09:01] Session a:b\n- Boss: tw"))
        .extracting(Entry::last)
        .containsExactly(null, CHANGED);
  }

  @Test
  void whatPeopleWriteIsReadByItsHeadings() {
    assertThat(
            entries(
                """
                # 2026-03-01
                Slept badly.

                ## Work
                - fixed the build
                - talked to Bob

                ## 18:20 Dinner
                Tapas with Carla.
                """))
        .extracting(Entry::text)
        .containsExactly(
            "Slept badly.",
            "Work\n- fixed the build\n\n- talked to Bob",
            "18:20 Dinner\nTapas with Carla.");
  }

  @Test
  void aHeadingWithNothingBelowItIsAnEntry() {
    assertThat(
            entries(
                """
                # Diary of 2026-03-01

                ## 09:15 Dentist at 4pm

                ## Pay the rent of 2026-03-01

                ## Work
                ### Fixed the build
                """))
        .extracting(Entry::text)
        .containsExactly("09:15 Dentist at 4pm", "Pay the rent of 2026-03-01", "Fixed the build");
  }

  @Test
  void onlyTheTitleLosesItsHeadingBecauseItNamesTheDay() {
    assertThat(entries("# 2026-03-01\n## Plan of 2026-03-01\nSwim.\n"))
        .extracting(Entry::text)
        .containsExactly("Plan of 2026-03-01\nSwim.");
  }

  @Test
  void withoutHeadingsEachParagraphAndEachBulletIsAnEntry() {
    assertThat(entries("- met Bob\n- saw Carla\n  and her dog\n\nA walk\nby the river.\n"))
        .extracting(Entry::text)
        .containsExactly("- met Bob", "- saw Carla\n  and her dog", "A walk\nby the river.");
  }

  @Test
  void aParagraphOfBlanksOfAnyWidthIsNoEntry() {
    assertThat(entries("Morning note.\n\n\u00a0\n\nEvening note.\n"))
        .extracting(Entry::text)
        .containsExactly("Morning note.", "Evening note.");
  }

  @Test
  void aTextBeforeTheFirstEntryOfAPluginIsNotLost() {
    assertThat(entries("# Diary\nRemember the milk.\n### [09:00] Session a:b\n- Boss: hi there\n"))
        .extracting(Entry::text)
        .containsExactly("Diary\nRemember the milk.", "[09:00]\n- Boss: hi there");
  }

  @Test
  void aHeadingOfAFenceIsNone() {
    assertThat(entries("## Notes\n```\n# not a heading\n```\n")).hasSize(1);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "- main: HEARTBEAT_OK",
        "- main: **HEARTBEAT_OK**",
        "- Boss: Read HEARTBEAT.md if it exists. If nothing needs attention, reply HEARTBEAT_OK.\n- main: HEARTBEAT_OK",
        "- main: NO_REPLY",
        "- Boss: <relevant-memories>\n- likes tea\n</relevant-memories>",
        "- toolResult: {\"ok\":true}",
        "- main: <tool_call>{\"name\":\"exec\"}</tool_call>",
        "- main: [tool_result exec] 12 files changed",
        "- main: {\"type\":\"tool_use\",\"id\":\"1\"}",
      })
  void noiseIsNoMemory(String body) {
    assertThat(entries("### [09:00] Session a:b\n" + body + "\n"))
        .extracting(Entry::text)
        .containsExactly("");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "- Boss: my heartbeat was at 140 during the run",
        "- Boss: the heartbeat of the server is every 30 s",
        "- Boss: Read HEARTBEAT.md for me and tell me what it says",
        "- main: I answered HEARTBEAT_OK and then fixed the disk alarm",
        "- Boss: the tool result was wrong, use the other tool",
        "- Boss: what does {\"type\": 1} mean",
        "- Boss: [draft] write to Bob",
        "- Boss: k",
      })
  void whoTalksAboutNoiseIsHeard(String body) {
    assertThat(entries("### [09:00] Session a:b\n" + body + "\n"))
        .extracting(Entry::text)
        .containsExactly("[09:00]\n" + body);
  }

  @Test
  void envelopesGoAndWhatIsInThemStays() {
    assertThat(
            entries(
                """
                ### [09:00] Session a:b
                - Boss: [WhatsApp +4915550123 2026-03-01 09:00 UTC] buy oat milk
                [message_id: 3EB0A1]
                - main: [Sun 2026-03-01 09:00 UTC] I put it on the list
                - Carla: Conversation info (untrusted metadata):
                ```json
                {"sender":"x"}
                ```
                and bread please
                """))
        .extracting(Entry::text)
        .containsExactly(
            "[09:00]\n- Boss: buy oat milk\n- main: I put it on the list\n- Carla: and bread please");
  }

  @Test
  void aRecalledBlockWithoutAnEndTakesNoOtherTurnWithIt() {
    assertThat(
            entries(
                "### [09:00] Session a:b\n- Boss: hi <recalled-memories>\nold\n- main: real answer\n"))
        .extracting(Entry::text)
        .containsExactly("[09:00]\n- Boss: hi\n- main: real answer");
  }

  private static List<Entry> entries(String text) {
    return new Diary(DAY, new TextFile(text, CHANGED)).entries();
  }
}
