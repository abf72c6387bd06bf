package dev.agenticmemory;

import dev.agenticmemory.cli.InstallServiceCommand;
import dev.agenticmemory.config.Config;
import dev.agenticmemory.config.InvalidConfig;
import dev.agenticmemory.config.Service;
import dev.agenticmemory.domain.InvalidInput;
import java.net.InetAddress;
import java.net.URI;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// The settings of a service of this program, which sees its file of settings and the folder of its
/// data, and nothing else of this process's environment.
///
/// @param config the settings of this process
/// @param envFile as it was named; null for `.env` in the data folder
record ServiceSettings(
    Config config,
    @Nullable Path envFile,
    Map<String, String> environment,
    Path userHome,
    String userName)
    implements InstallServiceCommand.Settings {

  @Override
  public Path file() {
    return envFile == null ? config.home().resolve(".env") : envFile.toAbsolutePath();
  }

  @Override
  public Map<String, String> ofThisShell() {
    return Config.settings(environment, file());
  }

  @Override
  public String inForce(String name) {
    return switch (name) {
      case "SERVICE_PORT" -> String.valueOf(config.service().address().getPort());
      case "MEMORY_USER_ID" -> config.defaultUser().value();
      case "LLM_MODEL" -> config.llm().model();
      case "LLM_BASE_URL" -> Objects.requireNonNullElse(config.llm().baseUrl(), "");
      case "LLM_API_KEY" -> config.llm().apiKey() == null ? "" : config.llm().apiKey().value();
      default -> throw new IllegalArgumentException("Nothing is proposed for " + name);
    };
  }

  @Override
  public URI address(Map<String, String> settings) {
    Map<String, String> all = new HashMap<>(settings);
    all.put("MEMORY_HOME", config.home().toString());
    try {
      return address(Config.read(all, envFile, userHome, userName).service());
    } catch (InvalidConfig e) {
      throw new InvalidInput(
          "The settings", "would be wrong: " + e.getMessage(), "Nothing was changed.");
    }
  }

  private static URI address(Service service) {
    InetAddress host = service.address().getAddress();
    int port = service.address().getPort();
    if (port == 0) {
      throw new InvalidInput("SERVICE_PORT", "is 0", "Choose one that stays the same.");
    }
    String name =
        host.isAnyLocalAddress() || host.isLoopbackAddress() ? "127.0.0.1" : host.getHostAddress();
    return URI.create(
        "%s://%s:%d".formatted(service.keystore() == null ? "http" : "https", name, port));
  }
}
