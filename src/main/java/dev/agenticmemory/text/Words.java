package dev.agenticmemory.text;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import org.apache.lucene.analysis.Analyzer;
import org.apache.lucene.analysis.LowerCaseFilter;
import org.apache.lucene.analysis.StopFilter;
import org.apache.lucene.analysis.TokenStream;
import org.apache.lucene.analysis.ar.ArabicNormalizationFilter;
import org.apache.lucene.analysis.ar.ArabicStemFilter;
import org.apache.lucene.analysis.cjk.CJKBigramFilter;
import org.apache.lucene.analysis.cjk.CJKWidthFilter;
import org.apache.lucene.analysis.core.DecimalDigitFilter;
import org.apache.lucene.analysis.en.EnglishAnalyzer;
import org.apache.lucene.analysis.en.EnglishPossessiveFilter;
import org.apache.lucene.analysis.en.PorterStemFilter;
import org.apache.lucene.analysis.miscellaneous.ASCIIFoldingFilter;
import org.apache.lucene.analysis.snowball.SnowballFilter;
import org.apache.lucene.analysis.standard.StandardTokenizer;
import org.apache.lucene.analysis.tokenattributes.CharTermAttribute;
import org.tartarus.snowball.ext.RussianStemmer;

/// Turns text into the terms that are indexed and looked for. Safe for concurrent use.
///
/// Words are found by the Unicode rules, folded in case, width and accents, and stemmed by the
/// rules of their script: English for Latin, Russian for Cyrillic, Arabic for Arabic. Chinese,
/// Japanese and Korean characters become pairs; stored texts have the single characters too, so
/// that a query of one character finds something.
public final class Words {

  /// Changes whenever the same text gives other terms; stores that keep terms then make them anew.
  public static final int VERSION = 1;

  /// Longest word that is indexed, in characters; longer ones are data, not words.
  private static final int WORD_CHARS_MAX = 64;

  private static final Analyzer STORED = new Chain(true);
  private static final Analyzer ASKED = new Chain(false);

  private Words() {}

  /// The terms of a stored text, in order and with repeats.
  public static List<String> ofText(String text) {
    return terms(STORED, text);
  }

  /// The distinct terms of a query, in order.
  public static List<String> ofQuery(String query) {
    return List.copyOf(new LinkedHashSet<>(terms(ASKED, query)));
  }

  private static List<String> terms(Analyzer analyzer, String text) {
    List<String> terms = new ArrayList<>();
    try (TokenStream tokens = analyzer.tokenStream("text", text)) {
      CharTermAttribute term = tokens.addAttribute(CharTermAttribute.class);
      tokens.reset();
      while (tokens.incrementToken()) {
        if (term.length() > 0) {
          terms.add(term.toString());
        }
      }
      tokens.end();
    } catch (IOException e) {
      throw new UncheckedIOException("Reading from a string cannot fail", e);
    }
    return terms;
  }

  private static final class Chain extends Analyzer {

    private final boolean singleCharacters;

    Chain(boolean singleCharacters) {
      this.singleCharacters = singleCharacters;
    }

    @Override
    protected TokenStreamComponents createComponents(String field) {
      StandardTokenizer words = new StandardTokenizer();
      words.setMaxTokenLength(WORD_CHARS_MAX);
      TokenStream chain = new CJKWidthFilter(words);
      chain = new LowerCaseFilter(chain);
      chain = new EnglishPossessiveFilter(chain);
      chain = new DecimalDigitFilter(chain);
      chain = new StopFilter(chain, EnglishAnalyzer.ENGLISH_STOP_WORDS_SET);
      chain = new CJKBigramFilter(chain, ALL_SCRIPTS, singleCharacters);
      chain = new ArabicStemFilter(new ArabicNormalizationFilter(chain));
      chain = new SnowballFilter(chain, new RussianStemmer());
      chain = new PorterStemFilter(new ASCIIFoldingFilter(chain));
      return new TokenStreamComponents(words, chain);
    }

    private static final int ALL_SCRIPTS =
        CJKBigramFilter.HAN
            | CJKBigramFilter.HIRAGANA
            | CJKBigramFilter.KATAKANA
            | CJKBigramFilter.HANGUL;
  }
}
