package dev.agenticmemory.auth;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.agenticmemory.domain.AgentId;
import dev.agenticmemory.domain.Right;
import dev.agenticmemory.domain.UserId;
import dev.agenticmemory.json.Json;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// Tokens as the file holds them.
final class TokenJson {

  private TokenJson() {}

  static ObjectNode write(Collection<Token> tokens) {
    ObjectNode file = Json.object();
    ArrayNode all = file.putArray("tokens");
    for (Token token : tokens) {
      ObjectNode node = all.addObject();
      node.put("id", token.id()).put("name", token.name()).put("hash", token.hash());
      ArrayNode users = node.putArray("users");
      token.users().forEach(user -> users.add(user.value()));
      ArrayNode agents = node.putArray("agents");
      token.agents().forEach(agent -> agents.add(agent.value()));
      ArrayNode rights = node.putArray("rights");
      token.rights().stream().sorted().forEach(right -> rights.add(right.word()));
      node.put("requests_per_minute", token.allowance().requestsPerMinute());
      node.put("body_bytes_max", token.allowance().bodyBytesMax());
      node.put("created_at", token.created().toString());
      node.put("expires_at", token.expires() == null ? null : token.expires().toString());
      node.put("revoked_at", token.revoked() == null ? null : token.revoked().toString());
    }
    return file;
  }

  /// Throws some `RuntimeException` where the file is not as [#write] makes it.
  static List<Token> read(JsonNode file) {
    List<Token> tokens = new ArrayList<>();
    for (JsonNode node : file.required("tokens")) {
      Set<Right> rights = EnumSet.noneOf(Right.class);
      rights.addAll(each(node, "rights", word -> Right.valueOf(word.toUpperCase(Locale.ROOT))));
      tokens.add(
          new Token(
              node.required("id").asText(),
              node.required("name").asText(),
              node.required("hash").asText(),
              each(node, "users", UserId::new),
              each(node, "agents", AgentId::new),
              rights,
              allowance(node),
              Instant.parse(node.required("created_at").asText()),
              time(node.required("expires_at")),
              time(node.required("revoked_at"))));
    }
    return tokens;
  }

  /// Files of earlier versions have none.
  private static Allowance allowance(JsonNode node) {
    return new Allowance(number(node, "requests_per_minute"), number(node, "body_bytes_max"));
  }

  private static @Nullable Integer number(JsonNode node, String name) {
    return node.hasNonNull(name) ? Integer.valueOf(node.get(name).asText()) : null;
  }

  private static <T> List<T> each(JsonNode node, String name, Function<String, T> parse) {
    List<T> values = new ArrayList<>();
    node.required(name).forEach(value -> values.add(parse.apply(value.asText())));
    return values;
  }

  private static @Nullable Instant time(JsonNode node) {
    return node.isNull() ? null : Instant.parse(node.asText());
  }
}
