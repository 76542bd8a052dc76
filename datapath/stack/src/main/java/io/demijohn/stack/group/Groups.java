package io.demijohn.stack.group;

import io.demijohn.stack.StackCounters;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * The groups of one family that we are in: host side of IGMPv3 (RFC 3376) or MLDv2 (RFC 3810), which are one protocol.
 *
 * <pre>
 *   socket -- attach, changed, detach --> Group: merged state --> report of the change now, and again within a second each
 *   router -- query ---------------------> answer after a random part of the time that it allows
 *   router of version 1 or 2 ------------> its version is spoken until it was silent for the older version's timeout
 * </pre>
 *
 * <p>Owned by the stack; driver thread only. Bounded in groups and in sources of each; attaching allocates, packets do not.
 */
public final class Groups {
    /** Groups of one family. */
    public static final int GROUPS_MAX = 256;

    static final long SECOND_NANOS = 1_000_000_000L;

    private static final int BUCKETS = 256;
    private static final int ROBUSTNESS_DEFAULT = 2;
    private static final int ROBUSTNESS_MAX = 7;
    private static final long QUERY_INTERVAL_NANOS = 125 * SECOND_NANOS;
    private static final long QUERY_RESPONSE_NANOS = 10 * SECOND_NANOS;
    private static final long UNSOLICITED_NANOS = SECOND_NANOS; // RFC 3376, 8.11
    private static final long UNSOLICITED_OLD_NANOS = 10 * SECOND_NANOS; // RFC 2236, 8.10
    /** Least time that answers are spread over, so that no flood of queries makes a flood of answers. */
    private static final long RESPONSE_MIN_NANOS = SECOND_NANOS / 10;

    private final ReportWriter writer;
    private final StackCounters counters;
    private final SplittableRandom random;
    private final @Nullable Group[] buckets = new Group[BUCKETS];
    private final SourceList scratch = new SourceList();
    private int count;
    private int robustness = ROBUSTNESS_DEFAULT;
    private long intervalNanos = QUERY_INTERVAL_NANOS;
    private long version1UntilNanos = Long.MAX_VALUE;
    private long version2UntilNanos = Long.MAX_VALUE;
    private long changeNanos = Long.MAX_VALUE;
    private long generalNanos = Long.MAX_VALUE;
    private long deadlineNanos = Long.MAX_VALUE;

    /** Makes an empty set; {@code seed} spreads the answers. */
    Groups(ReportWriter writer, StackCounters counters, long seed) {
        this.writer = writer;
        this.counters = counters;
        this.random = new SplittableRandom(seed);
    }

    // ---- sockets ---------------------------------------------------------------------------------------------------

    /** Takes part in what {@code filter} wants from now on; false at the bound on groups. */
    public boolean attach(GroupFilter filter, long nowNanos) {
        Group group = find(filter.groupHigh(), filter.groupLow());
        if (group == null) {
            if (count == GROUPS_MAX) {
                return false;
            }
            group = new Group(filter.groupHigh(), filter.groupLow());
            int bucket = bucketOf(group.low);
            group.following = buckets[bucket];
            buckets[bucket] = group;
            count++;
        }
        filter.following = group.filters;
        group.filters = filter;
        update(group, nowNanos);
        return true;
    }

    /** Heeds that an attached filter's list changed. */
    public void changed(GroupFilter filter, long nowNanos) {
        Group group = find(filter.groupHigh(), filter.groupLow());
        if (group != null) {
            update(group, nowNanos);
        }
    }

    /** Wants no more what {@code filter} wanted. */
    public void detach(GroupFilter filter, long nowNanos) {
        Group group = find(filter.groupHigh(), filter.groupLow());
        if (group == null) {
            return;
        }
        GroupFilter before = null;
        GroupFilter at = group.filters;
        while (at != null && at != filter) {
            before = at;
            at = at.following;
        }
        if (at == null) {
            return;
        }
        if (before == null) {
            group.filters = filter.following;
        } else {
            before.following = filter.following;
        }
        filter.following = null;
        update(group, nowNanos);
    }

    // ---- packets ---------------------------------------------------------------------------------------------------

    /** Returns whether packets to that group are for us. */
    public boolean isMember(long high, long low) {
        Group group = count == 0 ? null : find(high, low);
        return group != null && group.isWanted();
    }

    /** Returns whether frames to that station may be to an IPv6 group that is for us: it ends as the group does. */
    public boolean isMemberStation(long station) {
        for (Group group = buckets[bucketOf(station)]; group != null; group = group.following) {
            if ((int) group.low == (int) station && group.isWanted()) {
                return true;
            }
        }
        return false;
    }

    /** Returns how many groups there are, those included that routers still have to hear the end of. */
    public int count() {
        return count;
    }

    /** Takes a router's query and plans the answer (RFC 3376, 5.2; RFC 3810, 6.2). */
    void query(GroupQuery query, long nowNanos) {
        counters.groupQueriesReceived++;
        learn(query, nowNanos);
        long delayNanos = random.nextLong(Math.max(query.maxResponseNanos, RESPONSE_MIN_NANOS)) + 1;
        long dueNanos = nowNanos + delayNanos;
        if (generalNanos != Long.MAX_VALUE && generalNanos - dueNanos <= 0) {
            return; // an answer about everything comes sooner
        }
        if (!query.isGeneral()) {
            Group group = find(query.high, query.low);
            if (group != null) {
                plan(group, query, dueNanos);
            }
        } else if (version() == GroupQuery.VERSION_3) {
            generalNanos = dueNanos;
        } else {
            for (Group bucket : buckets) {
                for (Group group = bucket; group != null; group = group.following) {
                    long spread = random.nextLong(Math.max(query.maxResponseNanos, RESPONSE_MIN_NANOS)) + 1;
                    plan(group, query, nowNanos + spread);
                }
            }
        }
        expect();
    }

    // ---- time ------------------------------------------------------------------------------------------------------

    /** Sends what is due. */
    public void advance(long nowNanos) {
        if (!isDue(deadlineNanos, nowNanos)) {
            return;
        }
        version1UntilNanos = isDue(version1UntilNanos, nowNanos) ? Long.MAX_VALUE : version1UntilNanos;
        version2UntilNanos = isDue(version2UntilNanos, nowNanos) ? Long.MAX_VALUE : version2UntilNanos;
        if (isDue(changeNanos, nowNanos)) {
            sendChanges(nowNanos);
        }
        if (isDue(generalNanos, nowNanos)) {
            generalNanos = Long.MAX_VALUE;
            for (Group bucket : buckets) {
                for (Group group = bucket; group != null; group = group.following) {
                    addState(group);
                }
            }
            writer.flush();
        }
        for (Group bucket : buckets) {
            for (Group group = bucket; group != null; group = group.following) {
                if (isDue(group.answerNanos, nowNanos)) {
                    answer(group);
                }
            }
        }
        writer.flush();
        expect();
    }

    /** Returns when {@link #advance} is due next, or {@link Long#MAX_VALUE}. */
    public long nextDeadlineNanos() {
        return deadlineNanos;
    }

    /** Returns the version that the routers here understand. */
    int version() {
        if (version1UntilNanos != Long.MAX_VALUE) {
            return GroupQuery.VERSION_1;
        }
        return version2UntilNanos != Long.MAX_VALUE ? GroupQuery.VERSION_2 : GroupQuery.VERSION_3;
    }

    // ---- changes ---------------------------------------------------------------------------------------------------

    private void update(Group group, long nowNanos) {
        boolean wanted = group.isWanted();
        group.merge(robustness);
        if (version() != GroupQuery.VERSION_3) {
            group.changed.clear();
            group.modeReports = wanted == group.isWanted() ? 0 : robustness;
        }
        if (!isReported(group)) {
            group.settle();
        }
        sendChanges(nowNanos);
        expect();
    }

    /** Reports all changes that were not reported often enough, and plans the next time. */
    private void sendChanges(long nowNanos) {
        boolean old = version() != GroupQuery.VERSION_3;
        boolean more = false;
        for (int bucket = 0; bucket < BUCKETS; bucket++) {
            for (Group group = buckets[bucket]; group != null; group = group.following) {
                if (!group.isSettled()) {
                    if (old) {
                        sendOldChange(group);
                    } else {
                        addChange(group);
                        group.reported();
                    }
                }
                more |= !group.isSettled();
                if (group.isSettled() && !group.isWanted()) {
                    remove(group);
                }
            }
        }
        writer.flush();
        long spreadNanos = old ? UNSOLICITED_OLD_NANOS : UNSOLICITED_NANOS;
        changeNanos = more ? nowNanos + random.nextLong(spreadNanos) + 1 : Long.MAX_VALUE;
    }

    private void sendOldChange(Group group) {
        group.changed.clear();
        if (group.isWanted()) {
            counters.groupReportsSent++;
            writer.reportOld(version(), group.high, group.low);
            group.modeReports--;
        } else {
            if (version() == GroupQuery.VERSION_2) {
                counters.groupReportsSent++;
                writer.leaveOld(group.high, group.low);
            }
            group.settle();
        }
    }

    private void addChange(Group group) {
        counters.groupReportsSent++;
        if (group.modeReports > 0) {
            int type = group.exclude ? ReportWriter.CHANGE_TO_EXCLUDE : ReportWriter.CHANGE_TO_INCLUDE;
            writer.add(type, group.high, group.low, group.sources);
            return;
        }
        select(group.changed, group, true);
        if (scratch.count() > 0) {
            writer.add(ReportWriter.ALLOW_NEW_SOURCES, group.high, group.low, scratch);
        }
        select(group.changed, group, false);
        if (scratch.count() > 0) {
            writer.add(ReportWriter.BLOCK_OLD_SOURCES, group.high, group.low, scratch);
        }
    }

    /** Puts those of {@code list} into {@link #scratch} that the group accepts, or those that it does not. */
    private void select(SourceList list, Group group, boolean accepted) {
        scratch.clear();
        for (int index = 0; index < list.count(); index++) {
            if (group.accepts(list.high(index), list.low(index)) == accepted) {
                scratch.add(list.high(index), list.low(index), Group.SOURCES_MAX);
            }
        }
    }

    // ---- answers ---------------------------------------------------------------------------------------------------

    /** Notes who asks, and in which version (RFC 3376, 4.1.6 and 7.2.1). */
    private void learn(GroupQuery query, long nowNanos) {
        int before = version();
        long timeoutNanos = robustness * intervalNanos + QUERY_RESPONSE_NANOS;
        if (query.version == GroupQuery.VERSION_1) {
            version1UntilNanos = nowNanos + timeoutNanos;
        } else if (query.version == GroupQuery.VERSION_2) {
            version2UntilNanos = nowNanos + timeoutNanos;
        } else {
            robustness = query.robustness == 0 ? ROBUSTNESS_DEFAULT : Math.min(query.robustness, ROBUSTNESS_MAX);
            intervalNanos = query.intervalNanos == 0 ? QUERY_INTERVAL_NANOS : query.intervalNanos;
        }
        if (version() == before) {
            return;
        }
        generalNanos = Long.MAX_VALUE;
        changeNanos = Long.MAX_VALUE;
        for (int bucket = 0; bucket < BUCKETS; bucket++) {
            for (Group group = buckets[bucket]; group != null; group = group.following) {
                group.settle();
                if (!group.isWanted()) {
                    remove(group);
                }
            }
        }
    }

    private void plan(Group group, GroupQuery query, long dueNanos) {
        if (!group.isWanted() || !isReported(group)) {
            return;
        }
        boolean pending = group.answerNanos != Long.MAX_VALUE;
        boolean whole = query.sources.count() == 0 || (pending && group.askedAll);
        group.answerNanos = pending && group.answerNanos - dueNanos < 0 ? group.answerNanos : dueNanos;
        group.askedAll = whole;
        for (int index = 0; index < query.sources.count() && !group.askedAll; index++) {
            boolean noted = group.asked.add(query.sources.high(index), query.sources.low(index), Group.SOURCES_MAX);
            group.askedAll = !noted;
        }
    }

    private void answer(Group group) {
        group.answerNanos = Long.MAX_VALUE;
        if (version() != GroupQuery.VERSION_3) {
            counters.groupReportsSent++;
            writer.reportOld(version(), group.high, group.low);
        } else if (group.askedAll) {
            addState(group);
        } else {
            select(group.asked, group, true);
            if (scratch.count() > 0) {
                counters.groupReportsSent++;
                writer.add(ReportWriter.MODE_IS_INCLUDE, group.high, group.low, scratch);
            }
        }
        group.asked.clear();
        group.askedAll = false;
    }

    private void addState(Group group) {
        if (group.isWanted() && isReported(group)) {
            counters.groupReportsSent++;
            int type = group.exclude ? ReportWriter.MODE_IS_EXCLUDE : ReportWriter.MODE_IS_INCLUDE;
            writer.add(type, group.high, group.low, group.sources);
        }
    }

    // ---- table -----------------------------------------------------------------------------------------------------

    /** Returns whether routers hear of the group: not of all hosts', nor of what stays on this host (RFC 3810, 6). */
    private static boolean isReported(Group group) {
        if (group.high == 0) {
            return (int) group.low != 0xE000_0001;
        }
        int scope = (int) (group.high >>> 48) & 0x0f;
        return scope > 1 && !(group.high == 0xFF02_0000_0000_0000L && group.low == 1);
    }

    private @Nullable Group find(long high, long low) {
        Group group = buckets[bucketOf(low)];
        while (group != null && (group.low != low || group.high != high)) {
            group = group.following;
        }
        return group;
    }

    private void remove(Group gone) {
        int bucket = bucketOf(gone.low);
        Group before = null;
        Group at = buckets[bucket];
        while (at != null && at != gone) {
            before = at;
            at = at.following;
        }
        if (before == null) {
            buckets[bucket] = gone.following;
        } else {
            before.following = gone.following;
        }
        count--;
    }

    private void expect() {
        deadlineNanos = earlier(earlier(changeNanos, generalNanos), earlier(version1UntilNanos, version2UntilNanos));
        for (Group bucket : buckets) {
            for (Group group = bucket; group != null; group = group.following) {
                deadlineNanos = earlier(deadlineNanos, group.answerNanos);
            }
        }
    }

    private static long earlier(long one, long other) {
        if (one == Long.MAX_VALUE || other == Long.MAX_VALUE) {
            return Math.min(one, other);
        }
        return one - other < 0 ? one : other;
    }

    private static boolean isDue(long dueNanos, long nowNanos) {
        return dueNanos != Long.MAX_VALUE && dueNanos - nowNanos <= 0;
    }

    /** Looks at what a group's station address shows of it, so that either finds it. */
    private static int bucketOf(long low) {
        return ((int) low * 0x9E37_79B9) >>> 24 & (BUCKETS - 1);
    }
}
