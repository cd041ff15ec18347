// Package config owns the gateway's own configuration, gateway.hcl: it turns the file's bytes into a validated Config
// or into diagnostics like those of a policy.
//
// The file says where things are on this machine: the bundle and the keys that must have signed it, the addresses to
// listen on, the databases behind the targets and how to reach them, the files to keep. It says nothing about who may
// do what; that is the bundle's business. There are no variables and no functions in it, and a secret is never
// written in it: it names an environment variable or a file.
//
// The package refuses to know what any of it is used for. It opens nothing, but for the file that a Secret names, when
// it is asked for.
package config
