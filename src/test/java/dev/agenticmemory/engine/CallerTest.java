package dev.agenticmemory.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.agenticmemory.domain.AgentId;
import dev.agenticmemory.domain.Forbidden;
import dev.agenticmemory.domain.Right;
import dev.agenticmemory.domain.Scope;
import dev.agenticmemory.domain.Sharing;
import dev.agenticmemory.domain.Source;
import dev.agenticmemory.domain.UserId;
import java.util.EnumSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

final class CallerTest {

  private static final UserId ALICE = new UserId("alice");
  private static final UserId BOB = new UserId("bob");
  private static final UserId EVE = new UserId("eve");
  private static final AgentId DEV = new AgentId("dev");
  private static final AgentId OPS = new AgentId("ops");

  @Test
  void anArgumentOutsideOfTheUsersOfATokenIsRefused() {
    Caller caller = caller(Set.of(ALICE, BOB), Set.of());
    assertThat(caller.user(null)).isEqualTo(ALICE);
    assertThat(caller.user(BOB)).isEqualTo(BOB);
    assertThatThrownBy(() -> caller.user(EVE)).isInstanceOf(Forbidden.class);
  }

  @Test
  void aTokenOfOneAgentMeansThatAgent() {
    Caller caller = caller(Set.of(ALICE), Set.of(DEV));
    assertThat(caller.agent(null)).isEqualTo(DEV);
    assertThat(caller.writer(null)).isEqualTo(DEV);
    assertThatThrownBy(() -> caller.agent(OPS)).isInstanceOf(Forbidden.class);
  }

  @Test
  void aTokenOfSeveralAgentsMustBeToldWhich() {
    Caller caller = caller(Set.of(ALICE), Set.of(DEV, OPS));
    assertThat(caller.agent(OPS)).isEqualTo(OPS);
    assertThatThrownBy(() -> caller.agent(null))
        .isInstanceOf(Forbidden.class)
        .hasMessageContaining("agent_id is missing");
  }

  @Test
  void aTokenOfAnAgentChangesNothingOfOthers() {
    Caller caller = caller(Set.of(ALICE), Set.of(DEV));
    assertThat(caller.mayChange(scope(ALICE, DEV))).isTrue();
    assertThat(caller.mayChange(scope(ALICE, OPS))).isFalse();
    assertThat(caller.mayChange(scope(ALICE, null))).isFalse();
    assertThat(caller.mayChange(scope(BOB, DEV))).isFalse();
  }

  @Test
  void aMissingRightIsNamed() {
    Access readOnly = new Access("t", Set.of(ALICE), Set.of(), EnumSet.of(Right.READ));
    Caller caller = new Caller(ALICE, readOnly, null, Source.API, Sharing.USER);
    caller.require(Right.READ);
    assertThatThrownBy(() -> caller.require(Right.DELETE))
        .isInstanceOf(Forbidden.class)
        .hasMessageContaining("delete");
  }

  private static Caller caller(Set<UserId> users, Set<AgentId> agents) {
    Access access = new Access("t", users, agents, EnumSet.allOf(Right.class));
    return new Caller(ALICE, access, null, Source.API, Sharing.USER);
  }

  private static Scope scope(UserId user, @Nullable AgentId agent) {
    return new Scope(user, agent, null);
  }
}
