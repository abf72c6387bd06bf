package dev.agenticmemory.text;

import java.util.List;

/// What the analyser makes of a text.
///
/// @param words the terms in the order of the text, as often as they occur, without those that say
///   nothing by themselves; single Chinese, Japanese and Korean characters follow at the end
/// @param tokens how many words the text has in all, those that say nothing included
/// @param question whether the text ends as a question
public record Terms(List<String> words, int tokens, boolean question) {
  public Terms {
    words = List.copyOf(words);
  }
}
