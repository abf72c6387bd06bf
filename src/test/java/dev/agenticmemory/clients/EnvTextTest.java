package dev.agenticmemory.clients;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.agenticmemory.domain.InvalidInput;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class EnvTextTest {

  @Test
  void aValueTakesThePlaceOfTheOneThatWasThere() {
    EnvText text = new EnvText("# mine\nexport A=1\n\nB = 2 # two\nA=3\n#A=4\n");
    assertThat(text.with(Map.of("A", "5", "C", "6")).text())
        .isEqualTo("# mine\nA=5\n\nB = 2 # two\n#A=4\nC=6\n");
  }

  @Test
  void whatIsNotPlainIsQuoted() {
    assertThat(new EnvText("").with(Map.of("A", "x #y")).text()).isEqualTo("A='x #y'\n");
    assertThat(new EnvText("").with(Map.of("A", "it's $1")).text()).isEqualTo("A=\"it's $1\"\n");
    assertThatThrownBy(() -> new EnvText("").with(Map.of("A", "'\"")))
        .isInstanceOf(InvalidInput.class)
        .hasMessageStartingWith("A ");
  }
}
