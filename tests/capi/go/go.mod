module gantry.invalid/capi

go 1.19
