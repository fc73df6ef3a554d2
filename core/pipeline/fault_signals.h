// The signals of faults, noted in the record of the thread that met one before the process dies of it.
#ifndef WIREWATCH_PIPELINE_FAULT_SIGNALS_H_
#define WIREWATCH_PIPELINE_FAULT_SIGNALS_H_

#include "wirewatch/pipeline/in_flight.h"

namespace wirewatch::pipeline {

// For SIGSEGV, SIGBUS, SIGFPE, SIGILL and SIGABRT: notes the signal, says where on standard error, and lets the process
// die as it would have. Once in a process.
void InstallFaultHandler();
// Of the calling thread, which gets a stack for the handler; nullptr: no longer.
void NoteFaultsIn(InFlight::Record* record);
// "SIGSEGV"; "?" for a signal that is no fault.
const char* NameOfSignal(int signal);

}  // namespace wirewatch::pipeline

#endif  // WIREWATCH_PIPELINE_FAULT_SIGNALS_H_
