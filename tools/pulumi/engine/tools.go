//go:build tools

// Names the engine's command, so that go.mod and go.sum hold all it needs.
package tools

import _ "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi"
