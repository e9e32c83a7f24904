"""What people see: pages, forms and who may enter."""
