package io.demijohn.agent.hook;

import io.demijohn.device.DeviceException;
import io.demijohn.spi.Bootstrap;
import io.demijohn.spi.config.Configuration;
import io.demijohn.spi.config.ConfigurationException;
import io.demijohn.spi.config.Report;
import java.lang.instrument.Instrumentation;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What the launcher calls inside the module layer, by reflection and with types of the JDK alone.
 *
 * <p>Each method answers the status to end the JVM with, 0 for none, and the lines to print. Starting thread only.
 */
public final class AgentEntry {
    private static final String PROVIDER_PROPERTY = "java.nio.channels.spi.SelectorProvider";
    private static final String ASYNC_PROVIDER_PROPERTY = "java.nio.channels.spi.AsynchronousChannelProvider";
    private static final String ON_KERNEL = "; the application runs on the kernel";
    private static final int STATUS_REFUSED = 1;

    /** What the libraries under a device need: JNA the first, Commons Pool the second. */
    private static final List<String> MODULES_OF_DEVICES = List.of("java.logging", "java.management");

    private AgentEntry() {}

    /** Starts the datapath and enters the JDK; {@code options} is what the user typed behind the agent's name. */
    public static Map.Entry<Integer, List<String>> start(
            Instrumentation instrumentation, String version, @Nullable String options) {
        Configuration configuration;
        try {
            configuration = Configuration.read(options, System.getProperties());
        } catch (ConfigurationException bad) {
            return Map.entry(STATUS_REFUSED, List.of("demijohn: " + bad.getMessage()));
        }
        try {
            return start(instrumentation, version, configuration);
        } catch (DeviceException unusable) {
            return Map.entry(STATUS_REFUSED, List.of("demijohn: " + unusable.getMessage()));
        } catch (HookException cannotEnter) {
            return off(configuration, cannotEnter.getMessage());
        } catch (RuntimeException | LinkageError bug) {
            return off(configuration, "a bug in the start: " + bug);
        }
    }

    private static Map.Entry<Integer, List<String>> start(
            Instrumentation instrumentation, String version, Configuration configuration)
            throws DeviceException, HookException {
        refuseOtherProvider();
        refuseMissingModules(configuration);
        NativeAccess.enable(AgentEntry.class.getModule());
        JdkHooks.install(instrumentation);
        boolean asynchronous = System.getProperty(ASYNC_PROVIDER_PROPERTY) == null; // else it is the user's choice
        Bootstrap bootstrap = Bootstrap.start(configuration, asynchronous);
        switchOn(bootstrap);
        bootstrap.closeAtExit(configuration.report() == Report.EXIT ? new ReportPrinter() : null);
        if (configuration.bypasses()) {
            NativeTransports.turnOff();
        }
        return Map.entry(0, startLine(version, configuration, bootstrap));
    }

    /** Says which devices this host can use and whether this JVM can be hooked, by doing it. */
    public static Map.Entry<Integer, List<String>> doctor(
            Instrumentation instrumentation, String version, @Nullable String options) {
        return Doctor.examine(instrumentation, version);
    }

    static void switchOn(Bootstrap bootstrap) throws HookException {
        bootstrap.enableHooks();
        boolean works = false;
        try {
            SelfCheck.run(bootstrap.provider(), bootstrap.asyncProvider());
            works = true;
        } finally {
            if (!works) {
                bootstrap.close();
            }
        }
    }

    /** Two providers cannot both be asked; the one the user named in the JDK's own way stays. */
    private static void refuseOtherProvider() throws HookException {
        String other = System.getProperty(PROVIDER_PROPERTY, "");
        if (!other.isEmpty() && !other.startsWith("sun.nio.ch.")) {
            throw new HookException(PROVIDER_PROPERTY + "=" + other + " asks for another provider");
        }
    }

    /** An application that is a module itself may start without modules that a device needs. */
    private static void refuseMissingModules(Configuration configuration) throws HookException {
        if (!configuration.bypasses()) {
            return;
        }
        List<String> missing = new ArrayList<>();
        for (String name : MODULES_OF_DEVICES) {
            if (ModuleLayer.boot().findModule(name).isEmpty()) {
                missing.add(name);
            }
        }
        if (!missing.isEmpty()) {
            throw new HookException("this JVM started without modules that a device needs; allowed: --add-modules "
                    + String.join(",", missing));
        }
    }

    private static List<String> startLine(String version, Configuration configuration, Bootstrap bootstrap) {
        if (configuration.log().getSeverity() > System.Logger.Level.WARNING.getSeverity()) {
            return List.of();
        }
        return List.of("demijohn " + version + ": transports " + String.join(", ", bootstrap.transports())
                + "; more: report=exit, java -jar demijohn.jar doctor");
    }

    private static Map.Entry<Integer, List<String>> off(Configuration configuration, @Nullable String why) {
        if (configuration.strict()) {
            return Map.entry(STATUS_REFUSED, List.of("demijohn: strict=true: " + why));
        }
        boolean silent = configuration.log() == System.Logger.Level.OFF;
        return Map.entry(0, silent ? List.of() : List.of("demijohn: off: " + why + ON_KERNEL));
    }
}
