package dev.agenticmemory.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatNoException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.agenticmemory.domain.AgentId;
import dev.agenticmemory.domain.Sharing;
import dev.agenticmemory.domain.UserId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

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
  void aTildeIsTheHomeFolderAndAnyOtherRelativePathIsRefused() {
    assertThat(read(Map.of("MEMORY_HOME", "~/mm")).home()).isEqualTo(home.resolve("mm"));
    assertThatThrownBy(() -> read(Map.of("MEMORY_HOME", "data")))
        .isInstanceOf(InvalidConfig.class)
        .hasMessageContaining("MEMORY_HOME: is \"data\"");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "AWS_PROFILE",
        "AWS_ACCESS_KEY_ID",
        "AWS_SESSION_TOKEN",
        "AWS_ROLE_ARN",
        "AWS_WEB_IDENTITY_TOKEN_FILE"
      })
  void processesWithOtherAwsAccountsDoNotShareAServer(String name) {
    for (Map<String, String> aws :
        List.of(
            Map.of("LLM_MODEL", "anthropic.claude-x"),
            Map.of("EMBEDDING_MODEL", "amazon.titan-embed-text-v2:0"),
            Map.of("VECTOR_STORE", "s3vectors"),
            Map.of("VECTOR_STORE", "opensearch", "OPENSEARCH_AWS_SIGV4", "true"))) {
      assertThat(with(aws, name, "one").fingerprint())
          .isEqualTo(with(aws, name, "one").fingerprint())
          .isNotEqualTo(with(aws, name, "other").fingerprint())
          .isNotEqualTo(read(aws).fingerprint());
    }
  }

  @Test
  void whereNoAwsIsUsedItsCredentialsDoNotMatter() {
    assertThat(read(Map.of("AWS_PROFILE", "one")).fingerprint())
        .isEqualTo(read(Map.of()).fingerprint());
  }

  @Test
  void aKeyThatNobodyAsksForDoesNotKeepProcessesFromSharingAServer() {
    Map<String, String> env =
        Map.of("LLM_MODEL", "gpt", "LLM_API_KEY", "k", "EMBEDDING_MODEL", "bge-small-en-v15-q");
    for (String unused : List.of("OPENAI_API_KEY", "EMBEDDING_API_KEY")) {
      assertThat(with(env, unused, "x").fingerprint()).isEqualTo(read(env).fingerprint());
    }
  }

  private Config with(Map<String, String> env, String name, String value) {
    Map<String, String> more = new HashMap<>(env);
    more.put(name, value);
    return read(more);
  }

  @Test
  void whatSystemdSetsForItsServicesIsNotOurs() {
    assertThat(read(Map.of("MEMORY_PRESSURE_WATCH", "x", "MEMORY_PRESSURE_WRITE", "y")).agent())
        .isNull();
  }

  @Test
  void whatOurDocumentsNameIsAccepted() throws IOException {
    Map<String, String> named = new HashMap<>();
    for (Path file : documents()) {
      Matcher matcher = Pattern.compile("\\bMEMORY_[A-Z_]+\\b").matcher(Files.readString(file));
      while (matcher.find()) {
        named.put(matcher.group(), "");
      }
    }
    assertThat(named).containsKeys("MEMORY_TOKEN", "MEMORY_FILE_PATH", "MEMORY_USER_ID");
    assertThatNoException().isThrownBy(() -> read(named));
  }

  private static List<Path> documents() throws IOException {
    List<Path> documents = new ArrayList<>();
    for (String name : List.of("README.md", "README.zh.md", "mcp-config.example.json")) {
      documents.add(Path.of(name));
    }
    try (Stream<Path> docs = Files.list(Path.of("docs"))) {
      docs.forEach(documents::add);
    }
    return documents;
  }

  @Test
  void anUnknownNameThatIsNearNoneGetsTheListOfAll() {
    assertThatThrownBy(() -> read(Map.of("MEMORY_WEATHER_REPORT", "x")))
        .isInstanceOf(InvalidConfig.class)
        .hasMessageContaining("MEMORY_WEATHER_REPORT: unknown; known are [")
        .hasMessageContaining("EMBEDDING_API_KEY")
        .hasMessageContaining("OPENAI_API_KEY");
  }

  @ParameterizedTest
  @CsvSource({
    "LLM_APIKEY, LLM_API_KEY",
    "SERVICE_PROT, SERVICE_PORT",
    "DREAM_CORN, DREAM_CRON",
    "EMBEDDING_MODLE, EMBEDDING_MODEL",
    "AUDIT_DAY, AUDIT_DAYS",
    "OAUTH_ISSUR, OAUTH_ISSUER",
    "MEMORY_USER, MEMORY_USER_ID"
  })
  void aMisspeltNameInOurFileIsAnErrorAndInTheEnvironmentAnothersBusiness(
      String misspelt, String meant) throws IOException {
    Path file = Files.writeString(home.resolve("settings.env"), misspelt + "=x\n");
    Path dataFolder = Files.createDirectory(home.resolve("data"));
    Files.copy(file, dataFolder.resolve(".env"));
    assertThatThrownBy(() -> Config.read(Map.of(), file, home, "carla"))
        .isInstanceOf(InvalidConfig.class)
        .hasMessage("%s: unknown; did you mean %s?".formatted(misspelt, meant));
    assertThatThrownBy(() -> read(Map.of("MEMORY_HOME", dataFolder.toString())))
        .isInstanceOf(InvalidConfig.class)
        .hasMessageContaining(misspelt);
    if (!misspelt.startsWith("MEMORY_")) {
      assertThatNoException().isThrownBy(() -> read(Map.of(misspelt, "x")));
    }
  }

  @Test
  void whatOurFileSaysForOtherProgramsIsTheirs() throws IOException {
    Path file =
        Files.writeString(
            home.resolve("settings.env"),
            "AWS_PROFILE=x\nOPENAI_ORG=x\nLOG_LEVEL=x\nOPENCLAW_GATEWAY_TOKEN=x\n");
    assertThatNoException().isThrownBy(() -> Config.read(Map.of(), file, home, "carla"));
  }

  @ParameterizedTest
  @CsvSource({
    "DIGEST_CRON, every day",
    "SYNC_CRON, 61 * * * *",
    "DREAM_CRON, 0 0 30 2 *",
    "DREAM_CRON, 0 2 * * * *"
  })
  void aTimeThatIsNoneIsWrongForEveryCommand(String name, String expression) {
    assertThatThrownBy(() -> read(Map.of(name, expression)))
        .isInstanceOf(InvalidConfig.class)
        .hasMessageStartingWith(name + ": is \"" + expression + "\", which is no time: ")
        .hasMessageEndingWith("; pass five fields, such as 0 2 * * *, or off");
  }

  @Test
  void aTimeMayBeOffOrFiveFields() {
    Jobs jobs = read(Map.of("DIGEST_CRON", "OFF", "SYNC_CRON", " 5 4 * * SUN ")).jobs();
    assertThat(jobs.digest()).isEqualTo(Jobs.NEVER);
    assertThat(jobs.sync()).isEqualTo("5 4 * * SUN");
  }

  @Test
  void theLanguageModelReranksWhereThatIsAskedFor() {
    assertThat(
            read(Map.of("RERANK_PROVIDER", "llm", "LLM_MODEL", "gpt", "LLM_API_KEY", "k")).rerank())
        .isEqualTo(new Rerank.Model(Duration.ofSeconds(10), 30));
    assertThatThrownBy(() -> read(Map.of("RERANK_PROVIDER", "llm")))
        .isInstanceOf(InvalidConfig.class)
        .hasMessageContaining("LLM_MODEL");
    assertThatThrownBy(() -> read(Map.of("RERANK_PROVIDER", "http")))
        .isInstanceOf(InvalidConfig.class)
        .hasMessageContaining("RERANK_URL");
  }

  @Test
  void theRerankerIsReadAndItsKeyIsNeverPrinted() {
    Config config =
        read(Map.of("RERANK_URL", "http://127.0.0.1:1/rerank", "RERANK_API_KEY", "hush-hush"));
    assertThat(config.rerank()).isNotNull();
    assertThat(config.toString()).doesNotContain("hush-hush");
    assertThatThrownBy(() -> read(Map.of("RERANK_URL", "not a url")))
        .isInstanceOf(InvalidConfig.class)
        .hasMessageContaining("RERANK_URL");
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
        .hasMessageContaining("MEMORY_USERID: unknown; did you mean MEMORY_USER_ID?")
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

  @Test
  void anOlderInstallationsBedrockModelsMeanBedrock() {
    Config config =
        read(
            Map.of(
                "LLM_MODEL", "us.anthropic.claude-3-5-haiku-20241022-v1:0",
                "EMBEDDING_MODEL", "amazon.titan-embed-text-v2:0",
                "EMBEDDING_DIMS", "512",
                "AWS_REGION", "eu-west-1"));
    assertThat(config.llm().provider()).isEqualTo(Llm.Provider.BEDROCK);
    assertThat(config.llm().region()).isEqualTo("eu-west-1");
    assertThat(config.embedding())
        .isEqualTo(
            new EmbeddingSource.Bedrock("amazon.titan-embed-text-v2:0", 512, "eu-west-1", null));
  }

  @Test
  void anyEndpointOfOpenAisFormatNeedsAUrlAndAModel() {
    Config config =
        read(
            Map.of(
                "LLM_MODEL", "qwen3:8b",
                "LLM_BASE_URL", "http://127.0.0.1:11434/v1",
                "LLM_TIMEOUT_MS", "90000",
                "LLM_HEADERS", "X-Team: memory; X-Env: test",
                "LLM_API_KEY", "sk-top-secret"));
    assertThat(config.llm().provider()).isEqualTo(Llm.Provider.OPENAI);
    assertThat(config.llm().headers()).containsEntry("x-team", "memory").hasSize(2);
    assertThat(config.llm().timeout().toSeconds()).isEqualTo(90);
    assertThat(config.toString()).doesNotContain("sk-top-secret");
  }

  @Test
  void everyWrongModelSettingIsNamedAtOnce() {
    assertThatThrownBy(() ->
            read(
                Map.of(
                    "LLM_MODEL", "gpt-5-mini",
                    "LLM_TIMEOUT_MS", "soon",
                    "LLM_HEADERS", "sk-top-secret",
                    "EMBEDDING_PROVIDER", "openai",
                    "EMBEDDING_MODEL", "mine",
                    "EMBEDDING_DIMS", "0")))
        .isInstanceOf(InvalidConfig.class)
        .hasMessageContaining("LLM_API_KEY")
        .hasMessageContaining("LLM_TIMEOUT_MS")
        .hasMessageContaining("LLM_HEADERS")
        .hasMessageContaining("EMBEDDING_DIMS")
        .hasMessageNotContaining("sk-top-secret");
  }

  @Test
  void aKeyOfTheLanguageModelGoesToNoOtherEndpoint() {
    Config config =
        read(
            Map.of(
                "LLM_MODEL", "gpt-5-mini",
                "LLM_API_KEY", "sk-llm",
                "EMBEDDING_MODEL", "text-embedding-v4",
                "EMBEDDING_BASE_URL", "https://elsewhere.example/v1"));
    assertThat(config.embedding())
        .isEqualTo(
            new EmbeddingSource.OpenAi(
                "text-embedding-v4", 1024, "https://elsewhere.example/v1", null));
  }

  private Config read(Map<String, String> env) {
    return Config.read(env, null, home, "carla");
  }
}
