package dev.agenticmemory.text;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.lucene.analysis.Analyzer;
import org.apache.lucene.analysis.CharArraySet;
import org.apache.lucene.analysis.LowerCaseFilter;
import org.apache.lucene.analysis.StopFilter;
import org.apache.lucene.analysis.TokenStream;
import org.apache.lucene.analysis.ar.ArabicNormalizationFilter;
import org.apache.lucene.analysis.ar.ArabicStemFilter;
import org.apache.lucene.analysis.cjk.CJKBigramFilter;
import org.apache.lucene.analysis.cjk.CJKWidthFilter;
import org.apache.lucene.analysis.core.DecimalDigitFilter;
import org.apache.lucene.analysis.en.EnglishPossessiveFilter;
import org.apache.lucene.analysis.en.PorterStemFilter;
import org.apache.lucene.analysis.miscellaneous.ASCIIFoldingFilter;
import org.apache.lucene.analysis.snowball.SnowballFilter;
import org.apache.lucene.analysis.standard.StandardTokenizer;
import org.apache.lucene.analysis.tokenattributes.CharTermAttribute;
import org.apache.lucene.analysis.tokenattributes.PositionIncrementAttribute;
import org.tartarus.snowball.ext.RussianStemmer;

/// Turns text into the terms that are indexed and looked for. Safe for concurrent use.
///
/// Words are found by the Unicode rules, folded in case, width and accents, and stemmed by the
/// rules of their script: English for Latin, Russian for Cyrillic, Arabic for Arabic. Function
/// words of English are left out. Identifiers are also what they are made of, and numbers and dates
/// are the same however they are written. Chinese, Japanese and Korean characters become pairs;
/// stored texts have the single characters too, so that a query of one character finds something.
/// In a Chinese query function words separate pairs, because a pair across words is in no text.
public final class Words {

  /// Changes whenever the same text gives other terms; stores that keep terms then make them anew.
  public static final int VERSION = 3;

  /// Longest word that is indexed, in characters; longer ones are data, not words.
  private static final int WORD_CHARS_MAX = 64;

  private static final CharArraySet NO_MEANING = read("stop-en.txt");
  private static final CharArraySet ARTICLES = new CharArraySet(List.of("a", "an", "the"), false);

  /// Function words of Chinese, longest first where one begins another.
  private static final Pattern CHINESE_FUNCTION_WORDS =
      Pattern.compile(
          "什么时候|为什么|怎么样|什么|怎么|怎样|哪里|哪儿|哪个|哪些|多少|几个|是不是|有没有|我们|你们"
              + "|他们|她们|它们|自己|这个|那个|这些|那些|是否|如何|可以|一下|[的了吗呢吧啊是在我你您他她它和与"
              + "或谁哪几把被给对从到就都也还又很请这那个]");

  private static final Analyzer STORED = new Chain(NO_MEANING, true);
  private static final Analyzer ASKED = new Chain(NO_MEANING, false);
  private static final Analyzer WHOLE = new Chain(ARTICLES, false);

  private Words() {}

  /// The analysis of a stored text.
  public static Terms analyse(String text) {
    List<String> words = new ArrayList<>();
    List<String> characters = new ArrayList<>();
    int tokens =
        each(STORED, text, term -> (isSingleCharacter(term) ? characters : words).add(term));
    words.addAll(characters);
    return new Terms(words, tokens, isQuestion(text));
  }

  /// The terms of a stored text; see [Terms#words].
  public static List<String> ofText(String text) {
    return analyse(text).words();
  }

  /// The terms of a query, in order and with repeats.
  public static List<String> ofQuery(String query) {
    List<String> terms = new ArrayList<>();
    each(ASKED, CHINESE_FUNCTION_WORDS.matcher(query).replaceAll(" "), terms::add);
    if (terms.isEmpty()) {
      each(ASKED, query, terms::add);
    }
    return terms;
  }

  /// All words but articles, in order. Two texts of which these are the same say the same; without
  /// `not` or `before` they might not.
  public static List<String> whole(String text) {
    List<String> terms = new ArrayList<>();
    each(WHOLE, text, terms::add);
    return terms;
  }

  /// Whether a term is one Chinese, Japanese or Korean character, which is indexed beside the
  /// pairs.
  public static boolean isSingleCharacter(String term) {
    return term.codePointCount(0, term.length()) == 1 && Scripts.isIdeographic(term.codePointAt(0));
  }

  private static boolean isQuestion(String text) {
    String end = text.stripTrailing();
    return end.endsWith("?") || end.endsWith("？") || end.endsWith("؟");
  }

  /// Hands each term to `sink` and returns how many words there were, function words included.
  private static int each(Analyzer analyzer, String text, Consumer<String> sink) {
    try (TokenStream tokens = analyzer.tokenStream("text", Numbers.plain(text))) {
      CharTermAttribute term = tokens.addAttribute(CharTermAttribute.class);
      PositionIncrementAttribute step = tokens.addAttribute(PositionIncrementAttribute.class);
      int count = 0;
      tokens.reset();
      while (tokens.incrementToken()) {
        count += step.getPositionIncrement();
        if (term.length() > 0) {
          sink.accept(term.toString());
        }
      }
      tokens.end();
      return count + step.getPositionIncrement();
    } catch (IOException e) {
      throw new UncheckedIOException("Reading from a string cannot fail", e);
    }
  }

  private static CharArraySet read(String file) {
    try (InputStream in = Words.class.getResourceAsStream("/text/" + file)) {
      if (in == null) {
        throw new IllegalStateException("No resource " + file);
      }
      CharArraySet words = new CharArraySet(200, false);
      new String(in.readAllBytes(), UTF_8)
          .lines()
          .filter(line -> !line.startsWith("#"))
          .flatMap(line -> Stream.of(line.split(" ", -1)))
          .forEach(words::add);
      return words;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static final class Chain extends Analyzer {

    private final CharArraySet leftOut;
    private final boolean singleCharacters;

    Chain(CharArraySet leftOut, boolean singleCharacters) {
      this.leftOut = leftOut;
      this.singleCharacters = singleCharacters;
    }

    @Override
    protected TokenStreamComponents createComponents(String field) {
      StandardTokenizer words = new StandardTokenizer();
      words.setMaxTokenLength(WORD_CHARS_MAX);
      TokenStream chain = new IdentifierParts(new CJKWidthFilter(words));
      chain = new LowerCaseFilter(chain);
      chain = new EnglishPossessiveFilter(chain);
      chain = new DecimalDigitFilter(chain);
      // Before the function words, whose apostrophes may be curly.
      chain = new ASCIIFoldingFilter(chain);
      chain = new StopFilter(chain, leftOut);
      chain = new CJKBigramFilter(chain, ALL_SCRIPTS, singleCharacters);
      chain = new ArabicStemFilter(new ArabicNormalizationFilter(chain));
      chain = new SnowballFilter(chain, new RussianStemmer());
      chain = new PorterStemFilter(chain);
      return new TokenStreamComponents(words, chain);
    }

    private static final int ALL_SCRIPTS =
        CJKBigramFilter.HAN
            | CJKBigramFilter.HIRAGANA
            | CJKBigramFilter.KATAKANA
            | CJKBigramFilter.HANGUL;
  }
}
