package io.demijohn.bench;

import java.util.Collection;
import java.util.Locale;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.CommandLineOptionException;
import org.openjdk.jmh.runner.options.CommandLineOptions;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;

/**
 * Runs the benchmarks in many short batches and prints the median time and the bytes allocated of each.
 *
 * <p>The command line is JMH's; what it sets wins over what is set here. On a shared host the mean and its error say
 * little: one disturbed batch spoils them, the median stands.
 */
public final class BenchmarkMain {
    private static final int WARMUP_BATCHES = 20;
    private static final int MEASURED_BATCHES = 60;
    private static final TimeValue BATCH = TimeValue.milliseconds(100);
    private static final String ALLOCATED = "gc.alloc.rate.norm";

    private BenchmarkMain() {}

    /** Runs the benchmarks whose names match {@code args}, or all. */
    public static void main(String[] args) throws RunnerException, CommandLineOptionException {
        CommandLineOptions given = new CommandLineOptions(args);
        OptionsBuilder options = new OptionsBuilder();
        options.parent(given);
        if (!given.getWarmupIterations().hasValue()) {
            options.warmupIterations(WARMUP_BATCHES).warmupTime(BATCH);
        }
        if (!given.getMeasurementIterations().hasValue()) {
            options.measurementIterations(MEASURED_BATCHES).measurementTime(BATCH);
        }
        if (!given.getForkCount().hasValue()) {
            options.forks(1);
        }
        options.shouldFailOnError(true);
        options.addProfiler(GCProfiler.class);
        options.jvmArgsPrepend(
                "--add-exports=java.base/jdk.internal.misc=ALL-UNNAMED",
                "--add-exports=java.base/sun.nio.ch=ALL-UNNAMED");
        report(new Runner(options.build()).run());
    }

    private static void report(Collection<RunResult> results) {
        System.out.println("median of short batches; p10 and p90 say how quiet the host was");
        for (RunResult result : results) {
            Result<?> time = result.getPrimaryResult();
            Result<?> allocated = result.getSecondaryResults().get(ALLOCATED);
            String name = result.getParams().getBenchmark();
            System.out.println(String.format(
                    Locale.ROOT,
                    "%-32s %-12s %10.1f ns/op (p10 %.1f, p90 %.1f) %10.3f B/op",
                    name.substring(name.lastIndexOf('.', name.lastIndexOf('.') - 1) + 1),
                    parameters(result),
                    time.getStatistics().getPercentile(50),
                    time.getStatistics().getPercentile(10),
                    time.getStatistics().getPercentile(90),
                    allocated == null ? Double.NaN : allocated.getStatistics().getPercentile(50)));
        }
    }

    private static String parameters(RunResult result) {
        StringBuilder text = new StringBuilder();
        for (String key : result.getParams().getParamsKeys()) {
            text.append(key)
                    .append('=')
                    .append(result.getParams().getParam(key))
                    .append(' ');
        }
        return text.toString().strip();
    }
}
