package main

import (
	"fmt"
	"os"

	waLog "go.mau.fi/whatsmeow/util/log"
)

// logger passes on what whatsmeow complains of; with CLIENT_LOG set, the rest goes to stderr.
type logger struct {
	to     *out
	module string
}

func (l logger) tell(level, format string, args []any) {
	l.to.say(map[string]any{"log": level, "module": l.module, "text": fmt.Sprintf(format, args...)})
}

func (l logger) trace(level, format string, args []any) {
	if os.Getenv("CLIENT_LOG") != "" {
		fmt.Fprintf(os.Stderr, "%s [%s] %s\n", level, l.module, fmt.Sprintf(format, args...))
	}
}

func (l logger) Errorf(format string, args ...any) {
	l.tell("ERROR", format, args)
	l.trace("ERROR", format, args)
}
func (l logger) Warnf(format string, args ...any) {
	l.tell("WARN", format, args)
	l.trace("WARN", format, args)
}
func (l logger) Infof(format string, args ...any)  { l.trace("INFO", format, args) }
func (l logger) Debugf(format string, args ...any) { l.trace("DEBUG", format, args) }

func (l logger) Sub(module string) waLog.Logger { return logger{to: l.to, module: module} }
