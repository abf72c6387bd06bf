package dev.agenticmemory.engine;

import dev.agenticmemory.text.Words;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// What texts add to better ones: the greedy choice of maximal marginal relevance, with the words
/// that two texts share of all that they have as their likeness.
final class Novelty {

  /// A place in the new order.
  ///
  /// @param text its number
  /// @param factor for its score: 1 where it shares nothing with those before it
  record Chosen(int text, double factor) {}

  private final double diversity;
  private final List<Set<String>> words;
  private final double[] alike;

  /// @param diversity how much of its score a text loses that only repeats another
  Novelty(List<String> texts, double diversity) {
    this.diversity = diversity;
    this.words = texts.stream().map(text -> Set.copyOf(Words.ofText(text))).toList();
    this.alike = new double[texts.size()];
  }

  /// The texts with these scores, in their new order: the scores times the factors never rise.
  List<Chosen> order(double[] scores) {
    List<Chosen> order = new ArrayList<>();
    Set<Integer> left = new HashSet<>();
    for (int i = 0; i < scores.length; i++) {
      left.add(i);
    }
    while (!left.isEmpty()) {
      int best = best(scores, left);
      left.remove(best);
      order.add(new Chosen(best, factor(best)));
      left.forEach(one -> alike[one] = Math.max(alike[one], likeness(one, best)));
    }
    return order;
  }

  /// Of equal ones the first.
  private int best(double[] scores, Set<Integer> left) {
    int best = -1;
    for (int one : left.stream().sorted().toList()) {
      if (best < 0 || scores[one] * factor(one) > scores[best] * factor(best)) {
        best = one;
      }
    }
    return best;
  }

  private double factor(int text) {
    return 1 - diversity * alike[text];
  }

  private double likeness(int one, int other) {
    Set<String> all = new HashSet<>(words.get(one));
    all.addAll(words.get(other));
    int common = words.get(one).size() + words.get(other).size() - all.size();
    return all.isEmpty() ? 1 : (double) common / all.size();
  }
}
