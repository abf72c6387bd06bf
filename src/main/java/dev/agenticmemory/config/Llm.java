package dev.agenticmemory.config;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Which language model makes facts of what is handed over.
///
/// @param provider `LLM_PROVIDER`: `openai` (any endpoint that speaks its format), `bedrock` or
///   `none`. Where it is not set: what `LLM_MODEL` looks like, `none` without one
/// @param model `LLM_MODEL`; empty for `none`
/// @param baseUrl `LLM_BASE_URL`: the endpoint. Default: OpenAI's; for Bedrock null, the region's
/// @param apiKey `LLM_API_KEY`, else `OPENAI_API_KEY`; null where the endpoint asks for none
/// @param timeout `LLM_TIMEOUT_MS`: for one call, in milliseconds. Default 60,000
/// @param headers `LLM_HEADERS`: sent with every call, as `Name: value; Name: value`
/// @param region `AWS_REGION`, else `AWS_DEFAULT_REGION`. Default `us-east-1`
/// @param extractionPrompt `LLM_EXTRACTION_PROMPT_FILE`: takes the place of ours; null for ours
/// @param decisionPrompt `LLM_DECISION_PROMPT_FILE`: takes the place of ours; null for ours
public record Llm(
    Provider provider,
    String model,
    @Nullable String baseUrl,
    @Nullable Secret apiKey,
    Duration timeout,
    Map<String, String> headers,
    String region,
    @Nullable Path extractionPrompt,
    @Nullable Path decisionPrompt) {

  /// Whose wire format is spoken.
  public enum Provider {
    NONE,
    OPENAI,
    BEDROCK
  }

  static final String OPENAI_URL = "https://api.openai.com/v1";

  private static final int TIMEOUT_MS = 60_000;
  private static final int TIMEOUT_MS_MIN = 1_000;
  private static final int TIMEOUT_MS_MAX = 600_000;

  private static final Pattern BEDROCK_ID =
      Pattern.compile(
          "arn:aws[\\w-]*:bedrock:.+|(?:[a-z]{2,6}(?:-gov)?\\.)?(?:anthropic|amazon|meta|mistral|cohere|qwen"
              + "|minimax|deepseek|ai21|openai|google|moonshot|moonshotai|nvidia|zai|writer)\\.[\\w.:-]+");

  public Llm {
    headers = Map.copyOf(headers);
  }

  /// These settings with another time for one call.
  public Llm withTimeout(Duration other) {
    return new Llm(
        provider, model, baseUrl, apiKey, other, headers, region, extractionPrompt, decisionPrompt);
  }

  /// Headers may hold keys.
  @Override
  public String toString() {
    return provider == Provider.NONE ? "none" : provider + " " + model;
  }

  static boolean isBedrock(String model) {
    return BEDROCK_ID.matcher(model).matches();
  }

  static Llm read(Config.Reader settings) {
    String model = settings.text("LLM_MODEL", "");
    Provider guessed =
        model.isEmpty() ? Provider.NONE : isBedrock(model) ? Provider.BEDROCK : Provider.OPENAI;
    Provider provider =
        settings.read("LLM_PROVIDER", guessed, Config.Reader.one(Provider.values(), Enum::name));
    String url = settings.text("LLM_BASE_URL", provider == Provider.OPENAI ? OPENAI_URL : "");
    Secret key = settings.secret("LLM_API_KEY", "OPENAI_API_KEY");
    if (provider != Provider.NONE && model.isEmpty()) {
      settings.problem("LLM_MODEL: is not set, and LLM_PROVIDER is");
    }
    if (provider == Provider.OPENAI && key == null && url.equals(OPENAI_URL)) {
      settings.problem("LLM_API_KEY: is not set; set it, or LLM_BASE_URL for another endpoint");
    }
    return new Llm(
        provider,
        model,
        url.isEmpty() ? null : url,
        key,
        Duration.ofMillis(
            settings.number("LLM_TIMEOUT_MS", TIMEOUT_MS, TIMEOUT_MS_MIN, TIMEOUT_MS_MAX)),
        settings.read("LLM_HEADERS", Map.of(), Llm::headers),
        region(settings),
        settings.<@Nullable Path>read("LLM_EXTRACTION_PROMPT_FILE", null, Llm::file),
        settings.<@Nullable Path>read("LLM_DECISION_PROMPT_FILE", null, Llm::file));
  }

  static String region(Config.Reader settings) {
    return settings.text("AWS_REGION", settings.text("AWS_DEFAULT_REGION", "us-east-1"));
  }

  private static Map<String, String> headers(String text) {
    Map<String, String> headers = new LinkedHashMap<>();
    for (String one : text.split(";", -1)) {
      int colon = one.indexOf(':');
      if (colon < 1) {
        // The text may be a key, so it is not shown.
        throw new IllegalArgumentException("is not \"Name: value; Name: value\"");
      }
      headers.put(
          one.substring(0, colon).strip().toLowerCase(Locale.ROOT),
          one.substring(colon + 1).strip());
    }
    return headers;
  }

  private static Path file(String text) {
    Path file = Path.of(text);
    if (!Files.isReadable(file)) {
      throw new IllegalArgumentException("cannot be read: " + file);
    }
    return file;
  }
}
