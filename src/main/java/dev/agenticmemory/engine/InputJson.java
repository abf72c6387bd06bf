package dev.agenticmemory.engine;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.agenticmemory.domain.Author;
import dev.agenticmemory.domain.Content;
import dev.agenticmemory.domain.InvalidInput;
import dev.agenticmemory.json.Arguments;
import java.util.ArrayList;
import java.util.List;

/// An [Input] as clients write it: `text`, or `messages` of `role`, `content` and perhaps `name`,
/// as chat completions have them. Images and calls of tools in them are passed over.
public final class InputJson {

  private static final String CHOICE = "Pass text for one fact, or messages for a conversation.";

  private static final String CONTENT =
      "Pass it as a string, or as parts such as {\"type\":\"text\",\"text\":\"…\"}.";

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
      messages.add(message(node, "messages[%d]".formatted(messages.size())));
    }
    return new Input.Messages(messages);
  }

  private static Input.Message message(JsonNode node, String place) {
    if (!(node instanceof ObjectNode message)) {
      throw new InvalidInput(
          place, "is not an object", "Each message is {\"role\":\"user\",\"content\":\"…\"}.");
    }
    try {
      Arguments one = new Arguments(message);
      Author role = role(one.requiredText("role"));
      // What a tool answers or a client tells its model may have any shape: it is passed over.
      String content = role == Author.SYSTEM ? "" : content(message);
      Content.requireFits("content", content);
      return new Input.Message(role, content, one.text("name"));
    } catch (InvalidInput e) {
      throw e.in(place);
    }
  }

  private static Author role(String role) {
    return switch (role) {
      case "user" -> Author.USER;
      case "assistant" -> Author.ASSISTANT;
      case "system", "developer", "tool", "function" -> Author.SYSTEM;
      default ->
          throw new InvalidInput(
              "role",
              "is unknown: " + role.substring(0, Math.min(role.length(), 60)),
              "Pass user or assistant; system, developer, tool and function are passed over.");
    };
  }

  /// What was said, in the text parts where there are parts; "" for a call of tools alone.
  private static String content(ObjectNode message) {
    boolean calls = message.has("tool_calls") || message.has("function_call");
    if (!message.has("content") && !calls) {
      throw new InvalidInput("content", "is missing", CONTENT);
    }
    return switch (message.path("content")) {
      case TextNode text -> text.textValue();
      case ArrayNode parts -> parts(parts);
      case NullNode _, MissingNode _ -> "";
      default -> throw new InvalidInput("content", "is neither text nor parts", CONTENT);
    };
  }

  private static String parts(ArrayNode parts) {
    List<String> texts = new ArrayList<>();
    for (int i = 0; i < parts.size(); i++) {
      JsonNode part = parts.get(i);
      boolean isText = part.path("type").asText().equals("text");
      if (!part.isObject() || (isText && !part.path("text").isTextual())) {
        throw new InvalidInput("content[%d]".formatted(i), "is no part of a message", CONTENT);
      }
      if (isText) {
        texts.add(part.path("text").textValue());
      }
    }
    return String.join("\n", texts);
  }
}
