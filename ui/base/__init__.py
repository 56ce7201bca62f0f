"""What all of ui may use: errors in words, colours, wording, job managers, assets, uploads."""
