package dev.agenticmemory.engine;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.agenticmemory.domain.Author;
import dev.agenticmemory.domain.InvalidInput;
import dev.agenticmemory.json.Arguments;
import java.util.ArrayList;
import java.util.List;

/// An [Input] as clients write it: `text`, or `messages` of `role`, `content` and perhaps `name`.
public final class InputJson {

  private static final String CHOICE = "Pass text for one fact, or messages for a conversation.";

  private InputJson() {}

  public static Input read(Arguments arguments) {
    String text = arguments.text("text");
    ArrayNode messages = arguments.array("messages");
    if (text != null && messages != null) {
      throw new InvalidInput("text", "and messages are both there", CHOICE);
    }
    if (messages != null) {
      return messages(messages);
    }
    if (text == null) {
      throw new InvalidInput("text", "and messages are both missing", CHOICE);
    }
    return new Input.Text(text);
  }

  private static Input messages(ArrayNode nodes) {
    List<Input.Message> messages = new ArrayList<>();
    for (JsonNode node : nodes) {
      if (!(node instanceof ObjectNode message)) {
        throw new InvalidInput(
            "messages",
            "holds something that is not an object",
            "Each message is {\"role\":\"user\",\"content\":\"…\"}.");
      }
      Arguments one = new Arguments(message);
      messages.add(
          new Input.Message(
              role(one.requiredText("role")), one.requiredText("content"), one.text("name")));
    }
    return new Input.Messages(messages);
  }

  private static Author role(String role) {
    return switch (role) {
      case "user" -> Author.USER;
      case "assistant" -> Author.ASSISTANT;
      case "system" -> Author.SYSTEM;
      default ->
          throw new InvalidInput(
              "role",
              "is unknown: " + role.substring(0, Math.min(role.length(), 60)),
              "Pass user, assistant or system.");
    };
  }
}
