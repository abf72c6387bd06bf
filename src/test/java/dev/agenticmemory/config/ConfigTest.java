package dev.agenticmemory.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.agenticmemory.domain.AgentId;
import dev.agenticmemory.domain.Sharing;
import dev.agenticmemory.domain.UserId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class ConfigTest {

  @TempDir Path home;

  @Test
  void anEmptyEnvironmentGivesTheDefaults() {
    Config config = read(Map.of("PATH", "/bin"));
    assertThat(config.home()).isEqualTo(home.resolve(".agentic-memory"));
    assertThat(config.boundUser()).isNull();
    assertThat(config.defaultUser()).isEqualTo(new UserId("carla"));
    assertThat(config.agent()).isNull();
    assertThat(config.sharing()).isEqualTo(Sharing.USER);
  }

  @Test
  void everyVariableIsRead() {
    Config config =
        read(
            Map.of(
                "MEMORY_HOME", "/data",
                "MEMORY_USER_ID", "Boss: 老板",
                "MEMORY_AGENT_ID", "dev",
                "MEMORY_SHARING", "Team",
                "VECTOR_STORE", "embedded",
                "EMBEDDING_MODEL", "bge-small-en-v15-q"));
    assertThat(config.home()).isEqualTo(Path.of("/data"));
    assertThat(config.boundUser()).isEqualTo(new UserId("Boss: 老板"));
    assertThat(config.defaultUser()).isEqualTo(new UserId("Boss: 老板"));
    assertThat(config.agent()).isEqualTo(new AgentId("dev"));
    assertThat(config.sharing()).isEqualTo(Sharing.TEAM);
    assertThat(config.embedding().id()).isEqualTo("bge-small-en-v15-q");
  }

  @Test
  void theOlderNameOfTheDataFolderWorksAndTheNewOneWins() {
    assertThat(read(Map.of("DATA_DIR", "/old")).home()).isEqualTo(Path.of("/old"));
    assertThat(read(Map.of("DATA_DIR", "/old", "MEMORY_HOME", "/new")).home())
        .isEqualTo(Path.of("/new"));
  }

  @Test
  void theFileInTheDataFolderIsReadAndTheEnvironmentWins() throws IOException {
    Files.writeString(
        home.resolve(".env"),
        """
        # settings
        export MEMORY_USER_ID="from file" # of the user
        MEMORY_AGENT_ID='a # b'

        MEMORY_SHARING=off # nobody
        """);
    Config config = read(Map.of("MEMORY_HOME", home.toString(), "MEMORY_USER_ID", "from env"));
    assertThat(config.boundUser()).isEqualTo(new UserId("from env"));
    assertThat(config.agent()).isEqualTo(new AgentId("a # b"));
    assertThat(config.sharing()).isEqualTo(Sharing.OFF);
  }

  @Test
  void aFileThatIsNamedMustBeThere() {
    assertThatThrownBy(() -> Config.read(Map.of(), home.resolve("none"), home, "carla"))
        .isInstanceOf(InvalidConfig.class)
        .hasMessageContaining("cannot be read");
  }

  @Test
  void oneErrorNamesEveryWrongVariable() {
    assertThatThrownBy(() ->
            read(
                Map.of(
                    "MEMORY_USERID", "typo",
                    "MEMORY_SHARING", "everybody",
                    "VECTOR_STORE", "redis",
                    "EMBEDDING_MODEL", "gpt")))
        .isInstanceOf(InvalidConfig.class)
        .hasMessageContaining("MEMORY_USERID: unknown; known are")
        .hasMessageContaining("MEMORY_SHARING: is \"everybody\"; known are [off, user, team]")
        .hasMessageContaining("VECTOR_STORE")
        .hasMessageContaining("EMBEDDING_MODEL");
  }

  @ParameterizedTest
  @CsvSource({"OPENSEARCH_HOST", "S3VECTORS_BUCKET_NAME"})
  void anotherStoreWithoutAChoiceIsRefusedWithTheLineToAdd(String variable) {
    assertThatThrownBy(() -> read(Map.of(variable, "x")))
        .isInstanceOf(InvalidConfig.class)
        .hasMessageContaining("VECTOR_STORE=embedded");
  }

  private Config read(Map<String, String> env) {
    return Config.read(env, null, home, "carla");
  }
}
