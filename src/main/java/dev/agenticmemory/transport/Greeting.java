package dev.agenticmemory.transport;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.agenticmemory.domain.AgentId;
import dev.agenticmemory.domain.MemoryException;
import dev.agenticmemory.domain.Right;
import dev.agenticmemory.domain.Sharing;
import dev.agenticmemory.domain.Source;
import dev.agenticmemory.domain.UserId;
import dev.agenticmemory.engine.Access;
import dev.agenticmemory.engine.Caller;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// The first line of a pump: who it is, and for whom it calls.
///
/// @param secret of the endpoint
/// @param pump an id of this pump, the same at every server that it comes to
/// @param caller whole: the server lets it do no more than its own process would
record Greeting(String secret, String pump, Caller caller) {

  static final String WELCOME = "welcome";

  /// In place of nothing, since a field cannot be empty.
  private static final String NONE = "-";

  private static final int FIELDS = 10;

  String line() {
    Access access = caller.access();
    AgentId agent = caller.writesAs();
    return String.join(
        " ",
        secret,
        pump,
        encoded(caller.user().value()),
        encoded(access.holder()),
        all(access.users(), UserId::value),
        all(access.agents(), AgentId::value),
        all(access.rights(), Right::name),
        agent == null ? NONE : encoded(agent.value()),
        caller.source().name(),
        caller.sharing().name());
  }

  /// What a line says; null where it is no greeting.
  static @Nullable Greeting parse(String line) {
    List<String> fields = List.of(line.split(" ", -1));
    if (fields.size() != FIELDS) {
      return null;
    }
    try {
      return new Greeting(fields.get(0), fields.get(1), caller(fields));
    } catch (IllegalArgumentException | MemoryException _) {
      return null;
    }
  }

  private static Caller caller(List<String> fields) {
    Access access =
        new Access(
            decoded(fields.get(3)),
            all(fields.get(4), UserId::new),
            all(fields.get(5), AgentId::new),
            all(fields.get(6), Right::valueOf));
    return new Caller(
        new UserId(decoded(fields.get(2))),
        access,
        fields.get(7).equals(NONE) ? null : new AgentId(decoded(fields.get(7))),
        Source.valueOf(fields.get(8)),
        Sharing.valueOf(fields.get(9)));
  }

  private static <T> String all(Collection<T> elements, Function<T, String> text) {
    List<String> encoded = new ArrayList<>();
    for (T element : elements) { // No stream: a pump is to start at once.
      encoded.add(encoded(text.apply(element)));
    }
    return encoded.isEmpty() ? NONE : String.join(",", encoded);
  }

  private static <T> Set<T> all(String field, Function<String, T> parse) {
    Set<T> elements = new LinkedHashSet<>();
    if (!field.equals(NONE)) {
      for (String one : field.split(",", -1)) {
        elements.add(parse.apply(decoded(one)));
      }
    }
    return elements;
  }

  private static String encoded(String id) {
    return Base64.getUrlEncoder().encodeToString(id.getBytes(UTF_8));
  }

  private static String decoded(String field) {
    return new String(Base64.getUrlDecoder().decode(field), UTF_8);
  }
}
