// The program sees the variables of Node's own environment.
Module['preRun'] = [() => { Object.assign(ENV, process.env); }];
