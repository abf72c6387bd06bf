package dev.agenticmemory.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.agenticmemory.domain.Author;
import dev.agenticmemory.domain.InvalidInput;
import dev.agenticmemory.json.Arguments;
import dev.agenticmemory.json.Json;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class InputJsonTest {

  private static Input read(String messages) {
    return InputJson.read(
        new Arguments(Json.object().set("messages", Json.parseOwn(messages.replace('\'', '"')))));
  }

  private static Input.Messages said(Author author, String content) {
    return new Input.Messages(java.util.List.of(new Input.Message(author, content, null)));
  }

  @Test
  void theTextsOfPartsAreJoinedAndOtherPartsPassedOver() {
    assertThat(
            read(
                "[{'role':'user','content':[{'type':'text','text':'one'},"
                    + "{'type':'image_url','image_url':{'url':'data:,'}},"
                    + "{'type':'text','text':'two'}]}]"))
        .isEqualTo(said(Author.USER, "one\ntwo"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "[{'role':'assistant','content':null,'tool_calls':[{'id':'1'}]}]",
        "[{'role':'assistant','tool_calls':[{'id':'1'}]}]",
        "[{'role':'assistant','content':[]}]",
        "[{'role':'assistant','content':[{'type':'refusal','refusal':'no'}]}]",
      })
  void aCallOfToolsSaysNothing(String messages) {
    assertThat(read(messages)).isEqualTo(said(Author.ASSISTANT, ""));
  }

  @ParameterizedTest
  @ValueSource(strings = {"system", "developer", "tool", "function"})
  void whatIsSaidToTheModelIsPassedOverWhateverItIs(String role) {
    assertThat(read("[{'role':'%s','content':{'a':1}}]".formatted(role)))
        .isEqualTo(said(Author.SYSTEM, ""));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "5|messages[1]",
        "{'content':'x'}|messages[1].role",
        "{'role':'wizard','content':'x'}|messages[1].role",
        "{'role':'user'}|messages[1].content",
        "{'role':'user','text':'x'}|messages[1].content",
        "{'role':'user','content':5}|messages[1].content",
        "{'role':'user','content':['x']}|messages[1].content[0]",
        "{'role':'user','content':[{'type':'text'}]}|messages[1].content[0]",
        "{'role':'user','content':'x','name':5}|messages[1].name",
      })
  void whatIsWrongInOneMessageIsNamedWithItsPlace(String message, String place) {
    assertThatThrownBy(() -> read("[{'role':'user','content':'x'},%s]".formatted(message)))
        .isInstanceOfSatisfying(InvalidInput.class, e -> assertThat(e.argument()).isEqualTo(place))
        .hasMessageStartingWith(place);
  }

  @Test
  void aMessageThatIsTooLongIsNamedToo() {
    String content = "x".repeat(100_001);
    assertThatThrownBy(() -> read("[{'role':'user','content':'%s'}]".formatted(content)))
        .hasMessageStartingWith("messages[0].content has 100,001 characters");
    assertThat(read("[{'role':'tool','content':'%s'}]".formatted(content)))
        .isEqualTo(said(Author.SYSTEM, ""));
  }
}
