package dev.agenticmemory.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.agenticmemory.auth.Allowance;
import dev.agenticmemory.auth.TokenFile;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

@SuppressWarnings("NullAway.Init") // JUnit opens it first.
final class TokenCommandTest {

  @TempDir Path folder;
  private Path file;
  private TokenFile tokens;
  private final StringWriter err = new StringWriter();

  @BeforeEach
  void open() {
    file = folder.resolve("tokens.json");
    tokens = new TokenFile(file, Clock.systemUTC());
  }

  @Test
  void aTokenMayHaveLimitsOfItsOwnWhichTheListShows() {
    run(0, "create", "--name", "bot", "--requests-per-minute", "30", "--body-bytes-max", "4096");
    run(0, "create", "--name", "plain");
    assertThat(tokens.tokens())
        .extracting(token -> token.allowance())
        .containsExactly(new Allowance(30, 4096), Allowance.USUAL);
    List<String> lines = run(0, "list").lines().toList();
    assertThat(lines.getFirst()).contains("bot", "requests per minute 30, body bytes 4096, made");
    assertThat(lines.getLast()).contains("plain").doesNotContain("per minute", "bytes");
  }

  @Test
  void whatATokenMayAskForOutlivesThatAnotherIsRevoked() {
    run(0, "create", "--requests-per-minute", "0");
    run(0, "create");
    run(0, "revoke", tokens.tokens().getLast().id());
    run(0, "revoke", tokens.tokens().getFirst().id());
    assertThat(tokens.tokens().getFirst().allowance()).isEqualTo(new Allowance(0, null));
  }

  @ParameterizedTest
  @CsvSource({
    "--requests-per-minute, -1, requests_per_minute is -1; from 0 to 1000000 is allowed",
    "--body-bytes-max, 1023, body_bytes_max is 1023; from 1024 to 67108864 is allowed",
    "--body-bytes-max, 67108865, body_bytes_max is 67108865; from 1024 to 67108864 is allowed"
  })
  void aLimitThatCannotBeMeantIsRefused(String option, String value, String message) {
    run(2, "create", option, value);
    assertThat(err.toString()).contains(message);
    assertThat(file).doesNotExist();
  }

  @Test
  void aFileOfAnEarlierVersionIsReadAndHasTheLimitsOfAll() throws Exception {
    Files.writeString(
        file,
        """
        {"tokens": [{
          "id": "0011aabb", "name": "old", "hash": "%s", "users": ["alice"], "agents": [],
          "rights": ["read"], "created_at": "2026-03-01T00:00:00Z", "expires_at": null,
          "revoked_at": null}]}
        """
            .formatted("0".repeat(64)));
    assertThat(tokens.tokens().getFirst().allowance()).isEqualTo(Allowance.USUAL);
  }

  @ParameterizedTest
  @CsvSource({"create", "list", "revoke"})
  void eachCommandHasHelpThatNamesWhatToPass(String command) {
    assertThat(run(0, command, "--help"))
        .contains("Usage: agentic-memory token " + command)
        .doesNotContain("<arg");
  }

  private String run(int exit, String... args) {
    StringWriter out = new StringWriter();
    CommandLine commandLine =
        Cli.of("test", List.of(new TokenCommand(tokens, Clock.systemUTC())))
            .setOut(new PrintWriter(out))
            .setErr(new PrintWriter(err));
    String[] all = new String[args.length + 1];
    all[0] = "token";
    System.arraycopy(args, 0, all, 1, args.length);
    assertThat(commandLine.execute(all)).as(err.toString()).isEqualTo(exit);
    return out.toString();
  }
}
