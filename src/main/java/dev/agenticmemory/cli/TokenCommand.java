package dev.agenticmemory.cli;

import dev.agenticmemory.auth.Allowance;
import dev.agenticmemory.auth.Token;
import dev.agenticmemory.auth.TokenFile;
import dev.agenticmemory.domain.AgentId;
import dev.agenticmemory.domain.InvalidInput;
import dev.agenticmemory.domain.Right;
import dev.agenticmemory.domain.UserId;
import java.io.PrintWriter;
import java.time.Clock;
import java.time.Instant;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `agentic-memory token`: who may use the server on the network.
@Command(
    name = "token",
    description = "Make, list and revoke the tokens of `serve`.",
    synopsisSubcommandLabel = "COMMAND",
    mixinStandardHelpOptions = true)
@SuppressWarnings("NullAway.Init") // picocli sets the annotated fields before it calls a command.
public final class TokenCommand {

  private final TokenFile tokens;
  private final Clock clock;

  @Spec CommandSpec spec;

  public TokenCommand(TokenFile tokens, Clock clock) {
    this.tokens = tokens;
    this.clock = clock;
  }

  @Command(
      name = "create",
      description = "Make a token, and print it this once.",
      mixinStandardHelpOptions = true)
  int create(
      @Option(
              names = "--name",
              paramLabel = "NAME",
              defaultValue = "token",
              description = "What it is for.")
          String name,
      @Option(
              names = "--user",
              paramLabel = "ID",
              description = "Bind it to this user; repeat for more. Without: all users.")
          @Nullable List<String> users,
      @Option(
              names = "--agent",
              paramLabel = "ID",
              description = "Bind it to this agent; repeat for more. Without: all agents.")
          @Nullable List<String> agents,
      @Option(
              names = "--rights",
              paramLabel = "RIGHTS",
              split = ",",
              defaultValue = "read,write,delete",
              description = "Of read, write, delete, admin. Default: ${DEFAULT-VALUE}.")
          List<String> rights,
      @Option(
              names = "--expires-at",
              paramLabel = "TIME",
              description = "From when on it is refused, such as 2027-01-01T00:00:00Z.")
          @Nullable Instant expires,
      @Option(
              names = "--requests-per-minute",
              paramLabel = "N",
              description = "In place of SERVICE_REQUESTS_PER_MINUTE, for this token; 0: no limit.")
          @Nullable Integer requestsPerMinute,
      @Option(
              names = "--body-bytes-max",
              paramLabel = "N",
              description = "In place of SERVICE_BODY_BYTES_MAX, for this token.")
          @Nullable Integer bodyBytesMax) {
    if (expires != null && !expires.isAfter(clock.instant())) {
      throw new InvalidInput("--expires-at", "is in the past: " + expires, "Pass a later time.");
    }
    TokenFile.Created created =
        tokens.create(
            new Token(
                "",
                name,
                "",
                users == null ? List.of() : users.stream().map(UserId::new).toList(),
                agents == null ? List.of() : agents.stream().map(AgentId::new).toList(),
                rights(rights),
                new Allowance(requestsPerMinute, bodyBytesMax),
                clock.instant(),
                expires,
                null));
    PrintWriter out = spec.commandLine().getOut();
    out.println(created.secret());
    out.flush();
    PrintWriter err = spec.commandLine().getErr();
    err.printf(
        "This is token %s. It is not shown again; from now on every caller needs one.%n",
        created.token().id());
    err.flush();
    return 0;
  }

  @Command(
      name = "list",
      description = "List the tokens, without what they are.",
      mixinStandardHelpOptions = true)
  int list() {
    PrintWriter out = spec.commandLine().getOut();
    List<Token> all = tokens.tokens();
    for (Token token : all) {
      out.printf(
          "%s  %-16s  %-8s  users %s, agents %s, rights %s%s, made %s%s%n",
          token.id(),
          token.name(),
          state(token),
          token.users().isEmpty() ? "all" : token.users(),
          token.agents().isEmpty() ? "all" : token.agents(),
          token.rights().stream().sorted().map(Right::word).collect(Collectors.joining(",")),
          shown(token.allowance()),
          token.created(),
          token.expires() == null ? "" : ", expires " + token.expires());
    }
    if (all.isEmpty()) {
      out.println("There are no tokens: `serve` lets everybody on this machine in.");
    }
    out.flush();
    return 0;
  }

  @Command(
      name = "revoke",
      description = "Refuse a token from now on.",
      mixinStandardHelpOptions = true)
  int revoke(@Parameters(paramLabel = "ID", description = "As `list` shows it.") String id) {
    Token token = tokens.revoke(id);
    PrintWriter out = spec.commandLine().getOut();
    out.printf("Token %s (%s) is refused from now on.%n", token.id(), token.name());
    out.flush();
    return 0;
  }

  /// Only what is the token's own.
  private static String shown(Allowance allowance) {
    Integer requests = allowance.requestsPerMinute();
    Integer bytes = allowance.bodyBytesMax();
    return (requests == null ? "" : ", requests per minute " + requests)
        + (bytes == null ? "" : ", body bytes " + bytes);
  }

  private String state(Token token) {
    if (token.revoked() != null) {
      return "revoked";
    }
    boolean expired = token.expires() != null && !token.expires().isAfter(clock.instant());
    return expired ? "expired" : "live";
  }

  private static Set<Right> rights(List<String> words) {
    Set<Right> rights = EnumSet.noneOf(Right.class);
    for (String word : words) {
      try {
        rights.add(Right.valueOf(word.strip().toUpperCase(Locale.ROOT)));
      } catch (IllegalArgumentException _) {
        throw new InvalidInput(
            "--rights", "has an unknown one: " + word, "Pass some of read,write,delete,admin.");
      }
    }
    return rights;
  }
}
