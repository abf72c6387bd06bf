package dev.agenticmemory.text;

import dev.agenticmemory.domain.Metadata;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Masks what must neither be kept nor sent: keys of known shapes, tokens, private keys, passwords
/// that are named as such, and passwords in connection strings.
///
/// By shape alone, so a secret that looks like an ordinary word and is not named is not found.
public final class Secrets {

  /// What stands in place of a secret.
  public static final String MASK = "[secret]";

  private static final String NAMES =
      "pass(?:word|phrase|wd|code)|pwd|passwort|kennwort|contraseña|mot de passe"
          + "|密码|密碼|口令|パスワード|暗証番号|비밀번호|пароль|كلمة (?:المرور|السر)";
  private static final String KEY_NAMES =
      "(?:api|access|secret|private|auth)[ _-]?(?:key|token)|client[ _-]?secret|secret|token"
          + "|密钥|令牌|トークン|api ?キー|api-schlüssel";
  private static final String VALUE = "[^\\s\"'`，。；、,;<>\\[]";

  private record Rule(Pattern pattern, String replacement) {
    Rule(String regex, String replacement) {
      this(
          Pattern.compile(regex, Pattern.CASE_INSENSITIVE | Pattern.UNICODE_CASE | Pattern.DOTALL),
          replacement);
    }
  }

  private static final List<Rule> RULES =
      List.of(
          new Rule(
              "-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY-----.*?"
                  + "(?:-----END [A-Z0-9 ]{0,40}PRIVATE KEY-----|\\z)",
              MASK),
          new Rule("\\beyJ[\\w-]{8,}\\.[\\w-]{8,}(?:\\.[\\w-]*)?", MASK),
          new Rule("\\b(Bearer|Basic)\\s+[\\w~+/.=-]{12,}", "$1 " + MASK),
          new Rule("\\b(?:sk|pk|rk)[-_](?:[a-z0-9]+[-_])*[A-Za-z0-9_-]{16,}", MASK),
          new Rule(
              "\\b(?:gh[pousr]_|github_pat_|glpat-|hf_|npm_|pypi-|dop_v1_)\\w{16,}[\\w-]*", MASK),
          new Rule("\\bxox[abeoprs]-[\\w-]{10,}", MASK),
          new Rule("\\bAIza[\\w-]{30,}", MASK),
          new Rule("\\bSG\\.[\\w-]{16,}\\.[\\w-]{16,}", MASK),
          new Rule("(?-i:\\b(?:AKIA|ASIA)[A-Z0-9]{16}\\b)", MASK),
          new Rule("\\b\\d{8,10}:AA[\\w-]{30,}", MASK),
          new Rule(
              "([a-z][a-z0-9+.-]{1,20}://[^\\s:/@]{1,100}:)[^\\s/@]{1,200}@", "$1" + MASK + "@"),
          new Rule(
              "((?:" + NAMES + ")\"?'?[ \\t]*[:=：＝][ \\t]*[\"'`]?)" + VALUE + "{3,200}",
              "$1" + MASK),
          new Rule(
              "((?:"
                  + NAMES
                  + ")[ \\t]*(?:is|was|ist|lautet|是|为|は|est|es|هي|هو)[ \\t]*[\"'`「]?)"
                  + "(?="
                  + VALUE
                  + "{0,100}[\\d!@#$%^&*_])"
                  + VALUE
                  + "{3,200}",
              "$1" + MASK),
          new Rule(
              "((?:"
                  + KEY_NAMES
                  + ")\"?'?[ \\t]*(?:[:=：＝]|is|ist|是|は)[ \\t]*[\"'`]?)"
                  + "(?="
                  + VALUE
                  + "{0,200}\\d)"
                  + VALUE
                  + "{8,400}",
              "$1" + MASK));

  private Secrets() {}

  /// `text` with [#MASK] in place of each secret.
  public static String mask(String text) {
    String masked = text;
    for (Rule rule : RULES) {
      masked = rule.pattern().matcher(masked).replaceAll(rule.replacement());
    }
    return masked;
  }

  /// `metadata` with [#MASK] in place of each secret in its texts, which their keys may name.
  public static Metadata mask(Metadata metadata) {
    return metadata.isEmpty() ? metadata : new Metadata(mask(metadata.values()));
  }

  private static Map<String, @Nullable Object> mask(Map<?, ? extends @Nullable Object> values) {
    Map<String, @Nullable Object> masked = new LinkedHashMap<>();
    values.forEach((key, value) -> {
      String name = String.valueOf(key);
      masked.put(name, mask(name, value));
    });
    return masked;
  }

  private static @Nullable Object mask(String name, @Nullable Object value) {
    return switch (value) {
      case String text -> mask(name, text);
      case Map<?, ?> map -> mask(map);
      case List<?> list -> list.stream().map(one -> mask(name, (Object) one)).toList();
      case null, default -> value;
    };
  }

  private static String mask(String name, String text) {
    String lead = name + ": ";
    String masked = mask(lead + text);
    return masked.startsWith(lead) ? masked.substring(lead.length()) : MASK;
  }
}
