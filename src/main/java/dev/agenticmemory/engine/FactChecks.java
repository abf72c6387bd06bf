package dev.agenticmemory.engine;

import dev.agenticmemory.domain.Author;
import dev.agenticmemory.domain.Content;
import dev.agenticmemory.domain.TextHash;
import dev.agenticmemory.domain.Unicode;
import dev.agenticmemory.engine.Turns.Turn;
import dev.agenticmemory.llm.LanguageModel.Proposed;
import dev.agenticmemory.text.RecalledBlocks;
import dev.agenticmemory.text.RelativeDates;
import dev.agenticmemory.text.SameLanguage;
import dev.agenticmemory.text.Secrets;
import dev.agenticmemory.text.Words;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Holds what a model says about an input against the input: repairs what can be repaired, rejects
/// the rest, and knows whether something was lost by that.
final class FactChecks {

  /// Longest fact, in characters; a longer one is no fact but a copy.
  static final int FACT_CHARS_MAX = 2_000;

  /// Most facts of one input.
  static final int FACTS_MAX = 100;

  /// How much more of a fact's words others must have than its author for the author to be wrong.
  private static final double AUTHOR_MARGIN = 0.2;

  /// From this share of its words on a fact may be out of a recalled block.
  private static final double RECALLED_MIN = 0.6;

  /// Longest answer that is a mere yes, in characters.
  private static final int YES_CHARS_MAX = 40;

  private static final Pattern YES =
      Pattern.compile(
          "^\\W*(?:yes|yeah|yep|right|correct|exactly|sure|ja|genau|stimmt|richtig|是|对|對|没错|好|嗯|はい|うん|そう|نعم|أجل|صحيح)",
          Pattern.CASE_INSENSITIVE | Pattern.UNICODE_CASE);

  private static final Pattern ABOUT_USER =
      Pattern.compile(
          "^\\W*(?:the |der |die )?(?:user|nutzer(?:in)?|benutzer(?:in)?|用户|使用者|ユーザー|المستخدم)",
          Pattern.CASE_INSENSITIVE | Pattern.UNICODE_CASE);

  private static final Set<String> SHARED = Set.of("experience", "procedural");

  /// A fact that may be stored.
  record Fact(String text, Author author, @Nullable String category) {}

  /// @param facts what may be stored, no text twice
  /// @param left why each of the others was left out
  /// @param lost whether something that was said is in none of the facts
  record Checked(List<Fact> facts, List<String> left, boolean lost) {}

  /// What became of one proposed fact.
  private sealed interface Verdict {
    record Good(Fact fact) implements Verdict {}

    record Bad(String why, boolean lost) implements Verdict {}
  }

  private final List<Turn> turns;
  private final boolean mayTranslate;
  private final LocalDate day;
  private final String said;
  private final Set<String> words;
  private final Set<String> users;
  private final Set<String> assistants;
  private final Set<String> recalled;

  FactChecks(Ingest ingest) {
    this(ingest.turns(), ingest.recalled(), ingest.said(), ingest.prompt() != null);
  }

  /// For what was said.
  ///
  /// @param recalled what a recall had put into it, and was taken out
  /// @param observed when it was said
  /// @param mayTranslate whether facts may be in another language
  FactChecks(List<Turn> turns, String recalled, Instant observed, boolean mayTranslate) {
    this.turns = List.copyOf(turns);
    this.mayTranslate = mayTranslate;
    day = LocalDate.ofInstant(observed, ZoneOffset.UTC);
    said = String.join("\n", turns.stream().map(Turn::text).toList());
    words = terms(said);
    users = terms(saidBy(Author.USER));
    assistants = terms(saidBy(Author.ASSISTANT));
    this.recalled = terms(recalled);
  }

  /// The day by which relative times are grounded.
  LocalDate day() {
    return day;
  }

  Checked check(List<Proposed> proposed) {
    List<Fact> facts = new ArrayList<>();
    List<String> left = new ArrayList<>();
    Set<TextHash> seen = new HashSet<>();
    boolean lost = proposed.size() > FACTS_MAX;
    for (Proposed one : proposed.subList(0, Math.min(proposed.size(), FACTS_MAX))) {
      switch (check(one)) {
        case Verdict.Good(Fact fact) when seen.add(TextHash.of(fact.text())) -> facts.add(fact);
        case Verdict.Good _ -> left.add("said twice");
        case Verdict.Bad(String why, boolean isLost) -> {
          left.add(why);
          lost |= isLost;
        }
      }
    }
    return new Checked(facts, left, lost);
  }

  private Verdict check(Proposed proposed) {
    String text = Secrets.mask(RecalledBlocks.strip(proposed.text()).text()).strip();
    if (text.isEmpty() || terms(text.replace(Secrets.MASK, "")).isEmpty()) {
      return new Verdict.Bad("empty", false);
    }
    if (text.length() > FACT_CHARS_MAX || !isUnicode(text)) {
      return new Verdict.Bad("no fact but a copy", true);
    }
    if (isRecalled(text)) {
      return new Verdict.Bad("out of a recalled block", false);
    }
    if (!mayTranslate && !SameLanguage.isOf(text, said)) {
      return new Verdict.Bad("translated", true);
    }
    if (share(text, words) == 0) {
      return new Verdict.Bad("not in the input", false);
    }
    Author author = author(proposed.by(), text);
    if (author == null) {
      return new Verdict.Bad("said by the assistant alone", false);
    }
    String grounded = grounded(text);
    return grounded == null
        ? new Verdict.Bad("with a date that nobody said", true)
        : new Verdict.Good(new Fact(grounded, author, category(proposed.category())));
  }

  /// `text` as the new text of a memory that says `before`; null where it is not to be trusted.
  ///
  /// @param said the statement that it takes over
  /// @param day by which relative times are grounded
  static @Nullable String revised(
      @Nullable String text, String before, String said, LocalDate day) {
    if (text == null
        || Unicode.isBlank(text)
        || text.length() > FACT_CHARS_MAX
        || !isUnicode(text)) {
      return null;
    }
    String masked = Secrets.mask(text).strip();
    Set<String> known = terms(before + "\n" + said);
    boolean theirs =
        share(masked, known) >= 0.5
            && share(said, terms(masked)) >= 0.5
            && SameLanguage.isOf(masked, before + "\n" + said);
    return theirs ? RelativeDates.ground(masked, day) : null;
  }

  private static boolean isUnicode(String text) {
    return text.codePoints().noneMatch(c -> c >= 0xD800 && c <= 0xDFFF);
  }

  private boolean isRecalled(String text) {
    double there = share(text, recalled);
    return there >= RECALLED_MIN && there > share(text, words);
  }

  /// Who said it: as the model says where the words bear it out; null where it would be a guess of
  /// the assistant as a fact about the user.
  private @Nullable Author author(@Nullable String by, String text) {
    boolean claimed =
        "assistant".equalsIgnoreCase(by == null ? "" : by.strip()) && has(Author.ASSISTANT);
    double byUser = share(text, users);
    double byAssistant = share(text, assistants);
    boolean assistant =
        !has(Author.USER)
            || byAssistant > byUser + AUTHOR_MARGIN
            || (claimed && byAssistant >= byUser);
    if (!assistant) {
      return Author.USER;
    }
    return ABOUT_USER.matcher(text).find() && byUser < byAssistant && has(Author.USER)
        ? null
        : Author.ASSISTANT;
  }

  private boolean has(Author author) {
    return turns.stream().anyMatch(turn -> turn.author() == author);
  }

  /// What somebody said, and, of a user, what it said yes to.
  private String saidBy(Author author) {
    StringBuilder all = new StringBuilder();
    for (int i = 0; i < turns.size(); i++) {
      Turn turn = turns.get(i);
      if (turn.author() == author) {
        all.append(turn.text()).append('\n');
        boolean yes =
            author == Author.USER
                && turn.text().length() <= YES_CHARS_MAX
                && YES.matcher(turn.text()).find();
        if (yes && i > 0) {
          all.append(turns.get(i - 1).text()).append('\n');
        }
      }
    }
    return all.toString();
  }

  /// The fact with every time as a date; null where it has one that follows from nothing.
  private @Nullable String grounded(String text) {
    String grounded = RelativeDates.ground(text, day);
    List<String> meant = RelativeDates.dates(said, day);
    if (meant.isEmpty()) {
      return grounded;
    }
    for (String date : RelativeDates.absolute(grounded)) {
      if (meant.contains(date) || mayHaveBeenSaid(LocalDate.parse(date))) {
        continue;
      }
      if (meant.size() > 1 || meant.getFirst().length() < 10) {
        return null;
      }
      grounded = grounded.replace(date, meant.getFirst());
    }
    return grounded;
  }

  /// Whether the input has the number of that day of the month, in whichever form.
  private boolean mayHaveBeenSaid(LocalDate date) {
    return Pattern.compile("(?<!\\d)0?" + date.getDayOfMonth() + "(?!\\d)").matcher(said).find();
  }

  private static @Nullable String category(@Nullable String guessed) {
    if (guessed == null) {
      return null;
    }
    String word = guessed.strip().toLowerCase(Locale.ROOT);
    // These make a memory shared, which is the caller's to say.
    boolean usable =
        !word.isEmpty() && word.length() <= Content.CATEGORY_CHARS_MAX && !SHARED.contains(word);
    return usable && isUnicode(word) ? word : null;
  }

  static Set<String> terms(String text) {
    return new HashSet<>(Words.ofText(ABOUT_USER.matcher(text).replaceFirst(" ")));
  }

  /// Which share of the words of `text` is among `known`.
  static double share(String text, Set<String> known) {
    Set<String> own = terms(text);
    if (own.isEmpty() || known.isEmpty()) {
      return 0;
    }
    return own.stream().filter(known::contains).count() / (double) own.size();
  }
}
