package dev.agenticmemory.metrics;

import dev.agenticmemory.llm.LanguageModel;
import dev.agenticmemory.llm.Reply;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.LocalDate;
import java.util.List;
import java.util.function.Supplier;

/// A language model whose calls, tokens and time are counted.
public final class MeteredModel implements LanguageModel {

  private final LanguageModel model;
  private final MeterRegistry registry;

  public MeteredModel(LanguageModel model, Metrics metrics) {
    this.model = model;
    this.registry = metrics.registry();
  }

  @Override
  public String name() {
    return model.name();
  }

  @Override
  public Reply<Extracted> extract(Conversation conversation) {
    return metered("extract", () -> model.extract(conversation));
  }

  @Override
  public Reply<List<Decision>> decide(List<String> facts, List<String> memories) {
    return metered("decide", () -> model.decide(facts, memories));
  }

  @Override
  public Reply<List<Rating>> rate(String question, LocalDate today, List<String> texts) {
    return metered("rate", () -> model.rate(question, today, texts));
  }

  private <T> Reply<T> metered(String question, Supplier<Reply<T>> call) {
    Timer.Sample sample = Timer.start(registry);
    Reply<T> reply = call.get();
    String outcome =
        switch (reply) {
          case Reply.Answered<T> _ -> "answered";
          case Reply.Failed<T> _ -> "failed";
        };
    sample.stop(
        Timer.builder("memory.llm.questions")
            .tag("question", question)
            .tag("outcome", outcome)
            .register(registry));
    registry.counter("memory.llm.calls").increment((double) reply.usage().calls());
    registry
        .counter("memory.llm.tokens", "kind", "input")
        .increment((double) reply.usage().input());
    registry
        .counter("memory.llm.tokens", "kind", "output")
        .increment((double) reply.usage().output());
    return reply;
  }
}
