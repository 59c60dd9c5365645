-- Why a barcode is out of use, as whoever blocked it said.
ALTER TABLE pool_barcodes ADD COLUMN why TEXT NOT NULL DEFAULT '';
