package dev.agenticmemory.transport;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.agenticmemory.domain.AgentId;
import dev.agenticmemory.domain.Sharing;
import dev.agenticmemory.domain.Source;
import dev.agenticmemory.domain.UserId;
import dev.agenticmemory.engine.Caller;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/// The first line of a pump: who it is, and for whom it calls.
///
/// @param secret of the endpoint
/// @param pump an id of this pump, the same at every server that it comes to
/// @param caller bound to its user or to nobody, with all rights: the person's own process
record Greeting(String secret, String pump, Caller caller) {

  static final String WELCOME = "welcome";

  private static final String NONE = "-";
  private static final int FIELDS = 6;

  String line() {
    AgentId agent = caller.writesAs();
    return String.join(
        " ",
        secret,
        pump,
        encoded(caller.user().value()),
        String.valueOf(caller.bound()),
        agent == null ? NONE : encoded(agent.value()),
        caller.sharing().name());
  }

  /// What a line says; null where it is no greeting.
  static @Nullable Greeting parse(String line) {
    String[] fields = line.split(" ", -1);
    if (fields.length != FIELDS) {
      return null;
    }
    try {
      return new Greeting(
          fields[0],
          fields[1],
          new Caller(
              new UserId(decoded(fields[2])),
              Boolean.parseBoolean(fields[3]),
              fields[4].equals(NONE) ? null : new AgentId(decoded(fields[4])),
              Source.TOOL,
              Sharing.valueOf(fields[5])));
    } catch (IllegalArgumentException _) {
      return null;
    }
  }

  private static String encoded(String id) {
    return Base64.getUrlEncoder().encodeToString(id.getBytes(UTF_8));
  }

  private static String decoded(String field) {
    return new String(Base64.getUrlDecoder().decode(field), UTF_8);
  }
}
