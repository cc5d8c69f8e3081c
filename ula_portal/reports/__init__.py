"""Reports that use data of several apps."""
